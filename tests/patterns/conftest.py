"""A server without the system library that sets PDF files."""

import sys

import pytest


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(*_names: object) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("cffi.api.FFI.dlopen", not_there)
