# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of the tests' own."""

from __future__ import annotations

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

TODAY = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Authority:
    """Issues certificates; ca_cert is the path of its own, in PEM."""

    def __init__(self, folder, name):
        self._folder, self._name = folder, _common_name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        usage = dict.fromkeys(_USAGES, False)
        usage["key_cert_sign"] = True
        extensions = [x509.BasicConstraints(ca=True, path_length=0), x509.KeyUsage(**usage)]
        certificate = self._build(self._name, self._key, extensions, TODAY + DAY)
        self.ca_cert = folder / ("%s.pem" % name)
        self.ca_cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def listen_as(self, *names, days_left=1):
        """A server's TLS context with a certificate for these host names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._build(
            _common_name(names[0]),
            key,
            [x509.SubjectAlternativeName(map(_general_name, names))],
            TODAY + days_left * DAY,
        )
        chain = self._folder / ("%s-%d.pem" % (names[0], certificate.serial_number))
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _build(self, subject, key, extensions, ends):
        builder = x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(TODAY - 9 * DAY).not_valid_after(ends)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=not isinstance(extension, x509.SubjectAlternativeName))
        for key_id in (
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        ):
            builder = builder.add_extension(key_id, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _common_name(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
