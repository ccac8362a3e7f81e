# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task requests, brought to jobs: ids, times, options of the task and of each job."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import (
    PER_JOB,
    JobOptionError,
    entries,
    milliseconds,
    passed_over,
    split_ids,
    to_jobs,
)
from hypothesis import given
from hypothesis import strategies as st

ONE = "140b5236-88ad-43c8-811c-1268453jb101"
TWO = "9a470239-2308-4bb5-a6bc-1040402fjb21"
TASK = dict(
    dict.fromkeys(PER_JOB), state="paused", pause_mode="target", force=False, job_ids=None, jobs=None, select=None
)


class TestIds:
    @pytest.mark.parametrize(
        "values",
        [
            [ONE, TWO],
            ["%s,%s" % (ONE, TWO)],
            ["%s\n  %s\t" % (ONE, TWO)],
            ["%s ,, %s," % (ONE, TWO)],
            [ONE + "\r\n" + TWO],
        ],
    )
    def test_commas_and_white_space_separate(self, values):
        assert split_ids(values) == [ONE, TWO]

    @pytest.mark.parametrize("values", [[], [""], [" ", "\n"], [","]])
    def test_nothing_is_no_id(self, values):
        assert split_ids(values) == []

    @pytest.mark.parametrize(
        "value", ["None", ONE[:-1], ONE + "0", ONE.replace("-", ""), "../" + ONE[3:], ONE[:-1] + "é", ONE[:-1] + "/"]
    )
    def test_a_malformed_one_is_refused_by_name(self, value):
        with pytest.raises(JobOptionError, match="is not a valid DRS job id") as error:
            split_ids([ONE, value])
        assert value in str(error.value)

    @pytest.mark.parametrize(
        ("odd", "named"),
        [
            ("\u200b", "U+200B ZERO WIDTH SPACE"),
            ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
            ("\u00ad", "U+00AD SOFT HYPHEN"),
            ("\u2011", "U+2011 NON-BREAKING HYPHEN"),
            ("\u0430", "U+0430 CYRILLIC SMALL LETTER A"),
            ("\x1b", "U+001B control character"),
        ],
    )
    @pytest.mark.parametrize("place", [0, 8, len(ONE)])
    def test_a_character_that_does_not_show_is_named(self, odd, named, place):
        with pytest.raises(JobOptionError, match="is not a valid DRS job id") as error:
            split_ids([ONE[:place] + odd + ONE[place:]])
        assert named in str(error.value)

    def test_two_spellings_are_one_job_for_the_service(self):
        (job,) = jobs_of(job_ids=[ONE.upper(), ONE])
        assert (job.id, job.key) == (ONE.upper(), ONE)


class TestStartTime:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1608188903063", 1608188903063),
            ("2020-12-17T07:08:23.063Z", 1608188903063),
            ("2020-12-17T08:08:23.063+01:00", 1608188903063),
            ("2020-12-17 08:08:23,0639+0100", 1608188903063),
            ("2020-12-17T07:08:23+00", 1608188903000),
            ("2020-12-17T02:38Z", 1608172680000),
            ("2020-12-17T02:08-0030", 1608172680000),
            ("2020-12-17 08:08:23 +01:00", 1608188903000),
        ],
    )
    def test_what_is_one(self, text, expected):
        assert milliseconds(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "2020-12-17T07:08:23",
            "2020-12-17",
            "1608188903",
            "0",
            "tonight",
            "2020-13-17T07:08:23Z",
            "2020-12-17T25:08:23Z",
            "-1608188903063",
            "2020-12-17T07:08:23+1:00",
            "2020-12-17T07:08:23+99:99",
            "2020-12-17T07:08:23+24:00",
            "2020-12-17T07:08:23-01:60",
            "2020-12-17T07:08:60Z",
            "١٦٠٨١٨٨٩٠٣٠٦٣",
        ],
    )
    def test_what_is_none(self, text):
        with pytest.raises(JobOptionError, match="start_time"):
            milliseconds(text)

    @given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
    def test_every_offset(self, local, minutes):
        when = local.replace(microsecond=local.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(minutes=minutes)))
        assert milliseconds(when.isoformat()) == round(when.timestamp() * 1000)


def jobs_of(allowed=None, chosen=(), **changes):
    return to_jobs(entries(dict(TASK, **changes)), dict(enumerate(chosen)), allowed)


def asked(**changes):
    return [(job.id, dict(job.options)) for job in jobs_of(**changes)]


class TestJobs:
    def test_every_job_has_the_task_s_options(self):
        (first, options), (second, others) = asked(job_ids=[ONE, TWO], pause_mode="all")
        assert (first, second) == (ONE, TWO)
        assert options == others == {"pause_mode": "all"}

    def test_a_job_s_own_option_goes_first(self):
        jobs = [{"job_id": ONE, "force": None}, {"job_id": TWO, "force": True}]
        first, second = jobs_of(jobs=jobs, state="stopped")
        assert (first.desired.force, second.desired.force) == (False, True)

    def test_false_and_empty_are_a_job_s_own_too(self):
        first, second = jobs_of(
            state="started",
            is_only_init_task=True,
            start_time="2030-01-01T00:00:00Z",
            jobs=[{"job_id": ONE, "is_only_init_task": False, "start_time": ""}, {"job_id": TWO}],
        )
        assert (first.desired.only_init, first.desired.start_time, first.options["start_time"]) == (False, None, None)
        assert (second.desired.only_init, second.desired.start_time) == (True, 1893456000000)
        assert second.options["start_time"] == "1893456000000"

    def test_the_same_job_twice_is_one_in_first_order(self):
        assert [job for job, _options in asked(job_ids=[TWO, ONE, TWO, ONE.upper()])] == [TWO, ONE]

    @pytest.mark.parametrize(
        ("state", "own", "other", "differs"),
        [
            ("paused", {}, {"pause_mode": "all"}, "pause_mode"),
            ("paused", {"state": "stopped"}, {}, "state"),
            ("paused", {}, {"expected_status": "PAUSING"}, "expected_status"),
            ("stopped", {"force": True}, {}, "force"),
            ("started", {"start_time": "2030-01-01T00:00:00Z"}, {"start_time": "2031-01-01T00:00:00Z"}, "start_time"),
        ],
    )
    def test_the_same_job_with_other_options_is_refused(self, state, own, other, differs):
        with pytest.raises(JobOptionError, match=r"%s is requested twice .*\(%s\)" % (ONE, differs)):
            asked(state=state, jobs=[{"job_id": ONE, **own}, {"job_id": ONE.upper(), **other}])

    @pytest.mark.parametrize(
        ("state", "other"),
        [
            ("started", {"pause_mode": "all", "force": True}),
            ("paused", {"force": True, "is_only_init_task": True}),
            ("deleted", {"pause_mode": "all", "start_time": "2030-01-01T00:00:00Z"}),
        ],
    )
    def test_options_that_a_state_does_not_use_make_no_difference(self, state, other):
        assert len(asked(state=state, jobs=[{"job_id": ONE}, {"job_id": ONE, **other}])) == 1

    def test_two_spellings_of_a_start_are_equal(self):
        times = ("2030-01-01T00:00:00Z", "1893456000000", " 2030-01-01T01:00:00+01:00 ")
        assert len(asked(state="started", jobs=[{"job_id": ONE, "start_time": time} for time in times])) == 1

    def test_a_selection_and_an_id_may_name_one_job(self):
        jobs = [{"job_id": ONE}, {"select": {"name": ["a*"]}}]
        assert [job.id for job in jobs_of(jobs=jobs, chosen=[(), (TWO, ONE.upper())])] == [ONE, TWO]
        jobs = [{"select": {"name": ["b*"]}, "state": "stopped"}, {"select": {"name": ["a*"]}}]
        with pytest.raises(JobOptionError, match=r"%s is requested twice .*\(state\)" % ONE):
            jobs_of(jobs=jobs, chosen=[(ONE,), (TWO, ONE)])

    def test_each_entry_may_have_its_own_state(self):
        jobs = [{"job_id": ONE, "state": "stopped"}, {"job_id": TWO, "expected_status": " PAUSEING "}]
        first, second = jobs_of(jobs=jobs, allowed=["pause"])
        assert (first.desired.state, second.desired.state) == ("stopped", "paused")
        assert (first.desired.expected, second.desired.expected) == (None, "PAUSING")
        assert first.desired.allowed == second.desired.allowed == {"pause"}

    def test_an_entry_without_any_state_is_refused(self):
        with pytest.raises(JobOptionError, match=r"jobs\[1\] has no state"):
            jobs_of(state=None, jobs=[{"job_id": ONE, "state": "paused"}, {"job_id": TWO}])
        with pytest.raises(JobOptionError, match="the task has no state"):
            jobs_of(state=None, job_ids=[ONE])

    @pytest.mark.parametrize("own", [{}, {"job_id": ONE, "select": {"name": ["a"]}}])
    def test_an_entry_has_one_way_to_name_jobs(self, own):
        with pytest.raises(JobOptionError, match=r"jobs\[0\] must have exactly one of job_id and select"):
            jobs_of(jobs=[own])

    def test_an_option_that_no_state_uses_is_warned_of_once(self):
        given = {"force": True, "pause_mode": "all", "start_time": "2030-01-01T00:00:00Z", "is_only_init_task": False}
        requested = entries(dict(TASK, state="stopped", job_ids=[ONE, TWO], **given))
        assert passed_over(requested) == [
            "pause_mode is only used with state: paused, and was passed over.",
            "start_time is only used with state: started, and was passed over.",
            "is_only_init_task is only used with state: started, and was passed over.",
        ]
        mixed = [{"job_id": ONE, "state": "paused"}, {"job_id": TWO, "state": "started"}]
        assert passed_over(entries(dict(TASK, jobs=mixed, **given))) == [
            "force is only used with state: stopped or deleted, and was passed over."
        ]

    @pytest.mark.parametrize("value", ["", " ", ONE + "," + TWO])
    def test_a_job_has_one_id(self, value):
        with pytest.raises(JobOptionError, match=r"jobs\[1\].job_id"):
            asked(jobs=[{"job_id": ONE}, {"job_id": value}])

    def test_none_is_no_work(self):
        assert asked(job_ids=[]) == asked(jobs=[]) == []
