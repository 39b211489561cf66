# SPDX-License-Identifier: MIT
"""
Certificates made by the openssl command, and TLS for the stand-ins of the
tests: secure(server, tls) puts it before an http.server; tls.use(...) changes
what the next connections meet.
"""
import contextlib
import shutil
import socket
import ssl
import subprocess

CNF = """\
[ca]
default_ca = own
[own]
dir = {dir}
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
LONG_AGO, PAST = "20200101000000Z", "20210101000000Z"
FUTURE, FAR = "20900101000000Z", "20990101000000Z"
HERE = "IP:127.0.0.1,DNS:localhost"


class Authority:
    """A certificate authority in a directory of the test."""

    def __init__(self, t, name="ca"):
        if not shutil.which("openssl"):
            t.skip("no openssl command here")
        self.dir = t.dir / name
        self.dir.mkdir()
        (self.dir / "index").touch()
        (self.dir / "serial").write_text("01\n")
        (self.dir / "cnf").write_text(CNF.format(dir=self.dir))
        self.file = self.dir / "ca.pem"
        self.openssl("req", "-x509", *self.key("ca.key"), "-nodes", "-days",
                     "3650", "-subj", f"/CN={name} of a test", "-out",
                     self.file)

    def openssl(self, *args):
        p = subprocess.run(["openssl", *map(str, args)], cwd=self.dir,
                           capture_output=True, text=True, check=False)
        assert p.returncode == 0, p.stderr

    @staticmethod
    def key(name, bits=0):
        return ("-newkey", *((f"rsa:{bits}",) if bits else (
            "ec", "-pkeyopt", "ec_paramgen_curve:P-256")), "-keyout", name)

    def chain(self, cert):
        """As a server needs it: its key and its certificate."""
        return self.dir / f"{cert}.crt", self.dir / f"{cert}.key"

    def issue(self, name, hosts=HERE, since=LONG_AGO, until=FAR, bits=0):
        self.openssl("req", "-new", *self.key(f"{name}.key", bits), "-nodes",
                     "-subj", f"/CN={name}", "-addext",
                     f"subjectAltName={hosts}", "-out", f"{name}.csr")
        self.openssl("ca", "-batch", "-config", "cnf", "-cert", "ca.pem",
                     "-keyfile", "ca.key", "-in", f"{name}.csr", "-notext",
                     "-startdate", since, "-enddate", until, "-out",
                     f"{name}.crt")
        return self.chain(name)

    def self_signed(self, name):
        self.openssl("req", "-x509", *self.key(f"{name}.key"), "-nodes",
                     "-days", "3650", "-subj", f"/CN={name}", "-addext",
                     f"subjectAltName={HERE}", "-out", f"{name}.crt")
        return self.chain(name)


class Tls:
    """What the next connections meet; plain=True: no TLS at all."""

    def __init__(self, pair):
        self.use(pair)

    def use(self, pair, most=None, ciphers=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if ciphers:
            context.set_ciphers(ciphers)
        if most:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = most
        context.load_cert_chain(*pair)
        self.context = context


def secure(server, tls):
    """Its connections speak TLS from now on; returns what ends all of them."""
    plain, open_ones = server.get_request, []

    def get_request():
        sock, address = plain()
        open_ones.append(tls.context.wrap_socket(
            sock, server_side=True, do_handshake_on_connect=False))
        return open_ones[-1], address

    def drop():
        while open_ones:
            with contextlib.suppress(OSError):
                open_ones.pop().shutdown(socket.SHUT_RDWR)

    server.get_request = get_request
    server.handle_error = lambda *_: None	# a refused handshake
    return drop
