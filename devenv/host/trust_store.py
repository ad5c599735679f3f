"""Which certificate authorities https connections are checked against."""

import ssl
from collections.abc import Mapping
from pathlib import Path

from devenv.errors import FetchError

_FILE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_DIRECTORY_VARIABLE = "SSL_CERT_DIR"
_USUAL_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where distributions keep theirs: a Python built elsewhere looks in vain."""


def tls_context(env: Mapping[str, str]) -> ssl.SSLContext:
    """Return the context of all our https connections.

    SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE (the first that is set)
    and SSL_CERT_DIR decide; without any, the store that Python was built for,
    else the usual places. Nothing turns the checks off, and no key is logged.

    Raises:
        FetchError: a variable names a file that is not there or holds no
            certificate, or there are no authorities at all.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    named = next((name for name in _FILE_VARIABLES if env.get(name)), None)
    directory = env.get(_DIRECTORY_VARIABLE, "")
    if named is not None:
        # requests allows a folder here, too.
        is_folder = Path(env[named]).is_dir()
        _load(
            context,
            named,
            file=None if is_folder else env[named],
            directory=env[named] if is_folder else directory or None,
        )
    elif directory:
        _load(context, _DIRECTORY_VARIABLE, file=None, directory=directory)
    else:
        _load_usual(context)
    return context


def _load(
    context: ssl.SSLContext, variable: str, *, file: str | None, directory: str | None
) -> None:
    try:
        context.load_verify_locations(cafile=file, capath=directory)
    except (OSError, ssl.SSLError) as error:
        raise FetchError(
            f"the certificate authorities that {variable} names cannot be read:"
            f" {error.strerror or error}",
            where=file or directory,
            hint=f"correct {variable}, or unset it to use the system's",
        ) from error


def _load_usual(context: ssl.SSLContext) -> None:
    context.set_default_verify_paths()
    found = ssl.get_default_verify_paths()
    if found.cafile or _holds_certificates(found.capath):
        return
    for bundle in _USUAL_BUNDLES:
        if Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            return
    raise FetchError(
        "this machine has no certificate authorities, so no https server can be"
        " checked",
        hint="install ca-certificates, or set SSL_CERT_FILE to a bundle of them",
    )


def _holds_certificates(directory: str | None) -> bool:
    return directory is not None and any(Path(directory).glob("*.0"))
