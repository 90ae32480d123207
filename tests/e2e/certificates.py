"""Certificates for tests, made by the openssl command in a folder of the test."""

import pathlib
import subprocess

SANS = "DNS:localhost,IP:127.0.0.1"


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A certificate authority; ca.pem is its certificate."""

    def __init__(self, folder, name="ca"):
        self.folder = pathlib.Path(folder)
        self.certificate = self.folder / f"{name}.pem"
        self._key = self.folder / f"{name}.key"
        self._new_key(self._key)
        _openssl(
            "req", "-x509", "-new", "-key", self._key, "-out", self.certificate, "-days", 2,
            "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign",
        )

    @staticmethod
    def _new_key(path):
        _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)

    def issue(self, name, sans=SANS, usage="serverAuth,clientAuth"):
        """Makes NAME.pem and NAME.key, replacing existing files, and returns (certificate, key)."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        self._new_key(key)
        _openssl("req", "-new", "-key", key, "-out", request, "-subj", f"/CN={name}")
        lines = [f"extendedKeyUsage={usage}"] + ([f"subjectAltName={sans}"] if sans else [])
        extensions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        _openssl(
            "x509", "-req", "-in", request, "-out", certificate, "-days", 1, "-CAcreateserial",
            "-CA", self.certificate, "-CAkey", self._key, "-extfile", extensions,
        )
        return certificate, key
