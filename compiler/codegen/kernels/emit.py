"""Compile kernel sources to object code. Importing this imports numba.

Numba compiles the source, without its own optimiser or wrappers; then the module is reduced to one
visible C function, optimised once, and emitted for this processor.
"""

from __future__ import annotations

import dis
import importlib
import textwrap
import types as python
from collections.abc import Iterable
from functools import cache
from typing import Any

import llvmlite.binding as llvm
from numba import njit
from numba.core import types
from numba.core.compiler import Flags, compile_extra
from numba.core.registry import cpu_target

from interact.compiler.codegen.kernels import comparisons, operations, scalars, vector8
from interact.compiler.codegen.kernels.intrinsics import INTRINSICS
from interact.compiler.codegen.kernels.source import Source

LIBM = frozenset(
    {
        *("cos", "exp", "exp2", "expm1", "fmod", "log", "log10", "log1p", "log2", "pow"),
        *("round", "sin", "sqrt", "tan"),
    }
)

_DEFINE = (comparisons, operations, scalars, vector8)
"""Modules that fill INTRINSICS when they are imported."""


def _flags() -> Any:
    flags: Any = Flags()  # type: ignore[no-untyped-call]
    flags.no_compile = True
    flags.no_cpython_wrapper = True
    flags.no_cfunc_wrapper = True
    flags.error_model = "numpy"
    flags.nrt = False
    return flags


def emit(source: Source, symbol: str, machine: Any) -> bytes:
    """Object code with one global function, ``symbol``, of type void(i64, i64 ...)."""
    module = llvm.parse_assembly(_llvm_text(source, symbol, machine))
    for function in module.functions:
        if not function.is_declaration and function.name != symbol:
            function.linkage = llvm.Linkage.internal
    _optimise(module, machine)
    _check_closed(module)
    code: bytes = machine.emit_object(module)
    return code


def _llvm_text(source: Source, symbol: str, machine: Any) -> str:
    arguments = (types.int64,) * len(source.arguments)
    target = cpu_target.target_context
    result = compile_extra(  # type: ignore[no-untyped-call]
        cpu_target.typing_context,
        target,
        python_function(source),
        arguments,
        types.void,
        _flags(),
        {},
    )
    module = result.library._final_module
    for library in result.library._linking_libraries:
        module.link_in(library._get_module_for_linking(), preserve=True)
    module.link_in(
        llvm.parse_assembly(_wrapper(result.fndesc.llvm_func_name, symbol, len(arguments)))
    )
    return str(module)


def python_function(source: Source) -> Any:
    """The source as a Python function whose globals are the operations that it names."""
    head = f"def kernel({', '.join(source.arguments)}):\n"
    scope: dict[str, Any] = {}
    if source.callee:
        module, name = source.callee
        scope["callee"] = compiled(getattr(importlib.import_module(module), name))
    exec(compile(head + textwrap.indent(source.body, "    "), "<kernel>", "exec"), scope)
    function = scope["kernel"]
    for name in function.__code__.co_names:
        if name in INTRINSICS:
            scope.setdefault(name, INTRINSICS[name])
    return function


@cache
def compiled(function: Any) -> Any:
    """A plain Python function, and those that it calls by global name, for Numba."""
    scope = dict(function.__globals__)
    # Not co_names: those hold attributes too, and the sqrt of math.sqrt is not a global.
    loaded = {i.argval for i in dis.get_instructions(function) if i.opname == "LOAD_GLOBAL"}
    for name in loaded:
        if isinstance(scope.get(name), python.FunctionType):
            scope[name] = compiled(scope[name])
    copy = python.FunctionType(function.__code__, scope, function.__name__, function.__defaults__)
    jit: Any = njit  # its stub lacks the two flags
    return jit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(copy)


def _wrapper(callee: str, symbol: str, arity: int) -> str:
    params = [f"i64 %a{i}" for i in range(arity)]
    passed = ", ".join(["ptr %result", "ptr %error", *params])
    kinds = ", ".join(["ptr", "ptr", *["i64"] * arity])
    return (
        f'declare i32 @"{callee}"({kinds})\n'
        f'define void @"{symbol}"({", ".join(params)}) nounwind {{\n'
        "  %result = alloca ptr\n  %error = alloca ptr\n"
        f'  %status = call i32 @"{callee}"({passed})\n  ret void\n}}\n'
    )


def _optimise(module: Any, machine: Any) -> None:
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = True
    tuning.slp_vectorization = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)


def _check_closed(module: Any) -> None:
    """A kernel may need nothing of the process but libm: no NRT, no Python."""
    for symbol in _undefined(module):
        if symbol not in LIBM:
            raise AssertionError(f"kernel needs {symbol!r}, which only a Python process has")


def _undefined(module: Any) -> Iterable[str]:
    for function in module.functions:
        if function.is_declaration and not function.name.startswith("llvm."):
            yield function.name
    for variable in module.global_variables:
        if variable.is_declaration:
            yield variable.name
