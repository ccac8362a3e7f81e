# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a selection chooses, and what it asks of the service for that."""

from __future__ import annotations

import fnmatch

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query, _selection, _waiting
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import READ, Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    Criteria,
    Key,
    Listed,
    SelectionError,
    choose,
    criteria,
    in_words,
    keys_of,
    matches,
)
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run, run_batch
from hypothesis import given
from hypothesis import strategies as st

RUNNING, PAUSED, ENDED = "INCRE_TRANSFER_STARTED", "PAUSING", "RELEASE_RESOURCE_COMPLETE"
PROJECT = "11111111-1111-1111-1111-111111111111"


def listed(name, number=0, status=RUNNING, **more):
    basis = {"id": job_id(number), "type": "sync", "name": name, "engine_type": "mysql"}
    return Listed(**{**basis, **more}, reading=Reading(READ, status, name=name or None))


def seed(name, status=RUNNING, **more):
    return {"name": name, "status": status, **more}


def tags(**pairs):
    return [{"key": key, "value": value} for key, value in pairs.items()]


def pause(service, check=False, **select):
    return run_batch(service, check=check, state="paused", select=select)


def requests_of(service):
    return [entry.endpoint for entry in service.journal]


class TestCriteria:
    def test_blanks_are_dropped_and_texts_are_stripped(self):
        found = criteria(
            {"name": [" app-* ", "", "app-*", "\t"], "exclude": [" "], "tags": {" env ": "prod", "": "x"}}, "select"
        )
        assert found == Criteria(name=("app-*",), tags=(("env", "prod"),))

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"name": ["", " "]},
            {"exclude": ["a"]},
            {"tags": {}},
            {"allow_none": True},
            {"name": None, "status": [""]},
        ],
    )
    def test_nothing_to_select_by_is_refused(self, given):
        with pytest.raises(
            SelectionError,
            match=r"^jobs\[2\].select names none of name, tags, status, .*name: \['\*'\] if all jobs are meant$",
        ):
            criteria(given, "jobs[2].select")
        assert criteria(given, "select", must_narrow=False).name == ()

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"type": ["sync", "syncs"]}, "select.type holds 'syncs', and must be of: migration, sync, cloudDataGuard"),
            ({"status": ["PAUSED"]}, "select.status holds 'PAUSED', and must be of: CREATING"),
            ({"status": ["NOT_FOUND"]}, "select.status holds 'NOT_FOUND'"),
        ],
    )
    def test_what_nothing_can_fit_is_refused(self, given, words):
        with pytest.raises(SelectionError) as refused:
            criteria(given, "select")
        assert str(refused.value).startswith(words)

    def test_a_paused_job_is_spelt_one_way(self):
        assert criteria({"status": ["PAUSEING"]}, "select").status == ("PAUSING",)

    def test_in_words(self):
        whole = {
            "name": ["app-*", "db"],
            "exclude": ["*-1", "*-2"],
            "tags": {"env": "prod", "team": "db"},
            "status": ["PAUSING"],
            "type": ["sync", "migration"],
            "engine_type": ["mysql"],
            "enterprise_project_id": ["7"],
            "allow_none": True,
        }
        assert in_words(criteria(whole, "select")) == (
            "name: app-*, db; exclude: *-1, *-2; tags: env=prod, team=db; status: PAUSING; type: sync, migration; "
            "engine_type: mysql; enterprise_project_id: 7"
        )
        assert in_words(criteria({"type": ["sync"]}, "select")) == "type: sync"

    def test_tags_are_texts(self):
        assert criteria({"tags": {"n": 7, "b": True, "none": None}}, "select").tags == (
            ("b", "True"),
            ("n", "7"),
            ("none", ""),
        )


class TestMatching:
    @pytest.mark.parametrize(
        ("pattern", "name", "fits"),
        [
            ("app", "app", True),
            ("app", "app-1", False),
            ("app*", "app-1", True),
            ("App*", "app-1", False),
            ("app-?", "app-1", True),
            ("app-?", "app-12", False),
            ("app-[12]", "app-2", True),
            ("app-[!12]", "app-2", False),
            ("*", "", True),
            ("**", "", False),
            ("?*", "", False),
            ("", "", False),
            ("*", "anything\nat all", True),
        ],
    )
    def test_the_whole_name_with_case(self, pattern, name, fits):
        assert matches(pattern, name) is fits

    @given(st.text(max_size=8), st.text(min_size=1, max_size=8))
    def test_it_is_the_shell_s_own_rule(self, pattern, name):
        assert matches(pattern, name) == fnmatch.fnmatchcase(name, pattern)

    def test_all_that_are_given_must_fit(self):
        jobs = [
            listed("app-1", 1),
            listed("app-2", 2, type="migration"),
            listed("app-3", 3, engine_type="postgresql"),
            listed("web-1", 4),
            listed("app-old", 5),
            listed("", 6),
            listed("app-9", 7, PAUSED),
        ]
        wanted = Criteria(
            name=("app-*", "web-9"), exclude=("*-old",), type=("sync",), engine_type=("mysql",), status=(RUNNING,)
        )
        chosen = choose(wanted, dict.fromkeys(keys_of(wanted), jobs))
        assert [job.id for job in chosen.jobs] == [job_id(1)]
        assert chosen.others == 1

    @given(st.permutations([listed(name, number) for number, name in enumerate(["b", "a", "a", "", "B"])]))
    def test_by_name_then_id(self, jobs):
        chosen = choose(Criteria(name=("*",), type=("sync",)), {Key("sync"): jobs})
        assert [(job.name, job.id) for job in chosen.jobs] == [
            ("", job_id(3)),
            ("B", job_id(4)),
            ("a", job_id(1)),
            ("a", job_id(2)),
            ("b", job_id(0)),
        ]

    def test_a_list_of_its_own_for_each_type_and_project(self):
        assert keys_of(Criteria(name=("*",))) == [Key("migration"), Key("sync"), Key("cloudDataGuard")]
        wanted = Criteria(type=("sync",), tags=(("a", "b"),), enterprise_project_id=("x", "y"))
        assert keys_of(wanted) == [Key("sync", (("a", "b"),), "x"), Key("sync", (("a", "b"),), "y")]


class TestAgainstTheService:
    def test_only_what_fits_is_sent_anything(self):
        service = emulator([seed("app-1"), seed("web-1"), seed("app-2", db_use_type="migration"), seed("app-old")])
        result = pause(service, name=["app-*"], exclude=["*-old"])
        assert not result["failed"], result
        assert [row["id"] for row in result["jobs"]] == [job_id(0), job_id(2)]
        assert result["selected"] == {
            "criteria": [
                {
                    "name": ["app-*"],
                    "exclude": ["*-old"],
                    "tags": {},
                    "status": [],
                    "type": [],
                    "engine_type": [],
                    "enterprise_project_id": [],
                    "allow_none": False,
                }
            ],
            "jobs": {job_id(0): "app-1", job_id(2): "app-2"},
        }
        assert {entry for jobs in service.journal.writes() for entry in jobs.job_ids} == {job_id(0), job_id(2)}

    @pytest.mark.parametrize("matching", ["part", "whole"])
    def test_how_the_service_matches_names_makes_no_difference(self, matching):
        service = emulator([seed("app"), seed("app-1"), seed("my-app")], list_name=matching)
        assert pause(service, check=True, name=["app"])["selected"]["jobs"] == {job_id(0): "app"}
        assert "name" not in service.journal[0].body

    @pytest.mark.parametrize("jobs", [0, 1, 99, 100, 101, 1234])
    def test_a_selection_costs_its_pages(self, jobs):
        service = emulator([seed(f"job-{number:04d}") for number in range(jobs)])
        result = pause(service, check=True, name=["job-0*"], type=["sync"], allow_none=True)
        pages = max(1, -(-jobs // 100))
        assert requests_of(service)[:pages] == ["list"] * pages
        assert requests_of(service).count("list") == pages
        assert len(result["jobs"]) == min(jobs, 1000)

    @pytest.mark.parametrize("times", [1, 3, 1000])
    def test_jobs_that_go_while_the_list_is_paged(self, times):
        """A job of the first page goes after each of so many pages: the next page then begins one job too late."""
        service = emulator([seed(f"job-{number:04d}") for number in range(250)])
        answer, gone = service.handle, []

        def handle(method, url, headers, body):
            reply = answer(method, url, headers, body)
            if url.endswith("/jobs") and service.journal[-1].body["cur_page"] == 1 and len(gone) < times:
                gone.append(next(iter(service.jobs)))
                del service.jobs[gone[-1]]
            return reply

        service.handle = handle
        result = pause(service, name=["*"], type=["sync"])
        if times == 1000:
            assert (result["failed"], result["reason"]) == (True, "list_unreadable")
            assert "was not read to its end" in result["msg"]
            assert service.journal.writes() == []
        else:
            assert len(gone) == times
            assert [row["id"] for row in result["jobs"]] == [job_id(number) for number in range(times, 250)]
            assert result["summary"]["ok"] == 250 - times

    def test_several_selections_share_the_lists(self):
        service = emulator([seed("a"), seed("b"), seed("c")])
        entries = [{"select": {"name": [name]}, "state": "paused"} for name in "abc"]
        result = run_batch(service, check=True, jobs=entries)
        assert [row["name"] for row in result["jobs"]] == ["a", "b", "c"]
        assert requests_of(service).count("list") == 3
        assert len(result["selected"]["criteria"]) == 3

    @pytest.mark.parametrize("of_several", ["all", "any", "ignored"])
    def test_tags_are_filtered_by_the_service_or_nothing_is_sent(self, of_several):
        jobs = [seed("a", tags=tags(env="prod", team="db")), seed("b", tags=tags(env="prod")), seed("c")]
        service = emulator(jobs, list_tags=of_several)
        result = pause(service, tags={"env": "prod", "team": "db"}, type=["sync"])
        assert requests_of(service)[:2] == ["list", "list"]
        if of_several == "all":
            assert [row["name"] for row in result["jobs"]] == ["a"]
            assert requests_of(service).count("list") == 2
        else:
            assert (result["failed"], result["reason"]) == (True, "list_unreadable")
            assert "does not filter its list of jobs by tags as requested" in result["msg"]
            assert service.journal.writes() == []

    @pytest.mark.parametrize("shows", [True, False])
    @pytest.mark.parametrize("filters", ["applied", "ignored"])
    def test_an_enterprise_project(self, shows, filters):
        jobs = [seed("a", enterprise_project_id=PROJECT), seed("b")]
        service = emulator(jobs, list_shows_project=shows, list_project=filters)
        result = pause(service, enterprise_project_id=[PROJECT], type=["sync"])
        if shows or filters == "applied":
            assert [row["name"] for row in result["jobs"]] == ["a"]
            assert requests_of(service).count("list") == (1 if shows else 2)
        else:
            assert (result["failed"], result["reason"]) == (True, "list_unreadable")
            assert service.journal.writes() == []

    def test_nothing_that_fits_is_no_green_run(self):
        service = emulator([seed("app-1")])
        result = pause(service, name=["ap-*"])
        assert (result["failed"], result["reason"], result["changed"]) == (True, "no_match", False)
        assert result["msg"] == (
            "No job fits the selection (name: ap-*). Give allow_none: true (in a playbook drs_select_allow_none) if that is not a mistake. "
            "Nothing was sent."
        )
        assert result["selected"]["jobs"] == {}
        assert service.journal.writes() == []

    def test_unless_it_is_allowed(self):
        result = pause(emulator([seed("app-1")]), name=["ap-*"], allow_none=True)
        assert (result["failed"], result["warnings"]) == (False, [])
        assert result["msg"] == "No job fits the selection: nothing was to be done"

    def test_a_status_is_applied_last(self):
        service = emulator([seed("app-1", PAUSED), seed("app-2", PAUSED)])
        result = pause(service, name=["app-*"], status=[RUNNING])
        assert (result["failed"], result["jobs"], result["warnings"]) == (False, [], [])
        assert result["msg"] == "2 jobs fit the selection but for the status: nothing was to be done"

    def test_to_delete_nothing_is_a_warning(self):
        result = run_batch(emulator([]), state="deleted", select={"name": ["x"]}, max_changes=0)
        assert not result["failed"]
        assert result["warnings"] == ["No job fits the selection (name: x), so there is nothing to delete."]

    @pytest.mark.parametrize("state", ["stopped", "deleted"])
    def test_what_cannot_be_undone_needs_max_changes(self, state):
        service = emulator([seed("a")])
        for params in ({"select": {"name": ["a"]}}, {"jobs": [{"select": {"name": ["a"]}}]}):
            result = run_batch(service, state=state, **params)
            assert result["failed"]
            assert f"max_changes is required where select has the state {state}" in result["msg"]
        assert len(service.journal) == 0

    def test_a_list_that_cannot_be_read_to_its_end(self):
        service = emulator([seed(f"job-{number:03d}") for number in range(150)])
        service.fault(
            {"match": {"endpoint": "list", "after": 1}, "effect": {"status": 400, "error_code": "DRS.M00202"}}
        )
        result = pause(service, name=["*"], type=["sync"])
        assert (result["failed"], result["reason"], result["jobs"]) == (True, "list_unreadable", [])
        assert result["msg"].startswith("The list of jobs of type sync was not read to its end: DRS.M00202")
        assert result["msg"].endswith("Nothing was sent.")
        assert service.journal.writes() == []

    def test_a_type_that_may_not_be_listed_says_to_give_type(self):
        service = emulator([seed("a")])
        refusal = {"status": 403, "error_code": "DRS.M00102", "error_msg": "no policy"}
        service.fault({"match": {"endpoint": "list", "nth": [3, 4, 5, 6, 7, 8, 9]}, "effect": refusal})
        result = pause(service, name=["*"])
        assert result["reason"] == "list_unreadable"
        assert "The list of jobs of type cloudDataGuard" in result["msg"]
        assert "give type in select" in result["msg"]

    def test_a_name_that_is_null_fits_a_star_alone(self):
        service = emulator([seed("a"), seed("b")])
        service.fault({"match": {"endpoint": "list"}, "effect": {"row_fields": {job_id(1): {"name": None}}}})
        assert list(pause(service, check=True, name=["?"])["selected"]["jobs"]) == [job_id(0)]
        service.fault({"match": {"endpoint": "list"}, "effect": {"row_fields": {job_id(1): {"name": None}}}})
        assert pause(service, check=True, name=["*"])["selected"]["jobs"] == {job_id(1): None, job_id(0): "a"}

    def test_a_row_that_is_missing_after_the_list_is_a_replica_that_lags(self):
        service = emulator([seed("a"), seed("b")])
        service.fault({"match": {"endpoint": "batch-status", "for": 8}, "effect": {"drop_rows": [job_id(1)]}})
        result = run_batch(service, state="deleted", force=True, select={"name": ["*"]}, max_changes=2)
        assert [row["outcome"] for row in result["jobs"]] == ["ok", "ok"]
        assert [row["action"] for row in result["jobs"]] == ["force_terminate", "force_terminate"]


class TestTheOtherModules:
    def test_waiting(self):
        service = emulator([seed("a", PAUSED), seed("b"), seed("c", PAUSED)])
        result = run(service, _waiting, select={"name": ["[ac]"]}, status=[PAUSED])
        assert not result["failed"]
        assert list(result["by_id"]) == list(result["selected"]["jobs"]) == [job_id(0), job_id(2)]
        none = run(service, _waiting, select={"name": ["x"]}, status=[PAUSED])
        assert (none["failed"], none["reason"]) == (True, "no_match")
        other = run(service, _waiting, select={"name": ["a"], "status": [RUNNING]}, status=[PAUSED])
        assert not other["failed"]
        assert other["msg"] == "1 job fits the selection but for the status: nothing was to be done"

    def test_reading(self):
        service = emulator([seed("a"), seed("b", PAUSED), seed("c", db_use_type="migration")])
        assert [job["name"] for job in run(service, _query)["jobs"]] == ["a", "b", "c"]
        result = run(service, _query, select={"name": ["[bc]"], "status": [PAUSED]})
        assert ([job["name"] for job in result["jobs"]], result["selected"]["jobs"]) == (["b"], {job_id(1): "b"})
        none = run(service, _query, select={"name": ["x"]})
        assert (none["failed"], none["jobs"]) == (False, [])


def test_every_narrowing_option_is_one_of_the_module_s():
    assert set(_selection.OPTIONS) == set(Criteria._fields)
