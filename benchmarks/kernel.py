"""A few lines of C, compiled for the processor at hand: the floor under every way of counting bits."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.patterns.counting.columns import Counts, Planes

Kernel = Callable[[Planes, Planes], Counts]
SOURCE = Path(__file__).with_suffix(".c")
POINTERS = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)


@cache
def kernel() -> Kernel | None:
    """For each plane of the first and each of the second, the bits of both; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with TemporaryDirectory() as folder:
        library = Path(folder) / "kernel.so"
        command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", str(SOURCE), "-o", str(library)]
        subprocess.run(command, check=True)
        shared = ctypes.CDLL(str(library)).shared  # It stays loaded when its file is gone.
    shared.argtypes, shared.restype = POINTERS, None

    def counted(first: Planes, second: Planes) -> Counts:
        counts = np.zeros((len(first), len(second)), dtype=np.int64)
        shared(first.ctypes.data, len(first), second.ctypes.data, len(second), first.shape[1], counts.ctypes.data)
        return np.maximum(counts, counts.T) if first is second else counts

    return counted
