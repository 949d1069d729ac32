"""No check passes on nothing: what a test goes through is written down in it, or proven not to be empty."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What keeps the number of what it is given.
_AS_MANY = {"enumerate", "list", "reversed", "set", "sorted", "tuple", "zip"}
_AS_MANY_METHODS = {"items", "keys", "values"}


class _Checks(ast.NodeVisitor):
    """Finds the loops that assert, and the `all` and `not any` that are asserted, over what could be empty."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[ast.expr] = []
        self._known = {name for name in _names(tree) if name == name.upper()}
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
        # Hypothesis draws nothing now and then, and often something; a fixture ends what it began, if it began any.
        if any(word in decorator for decorator in decorators for word in ("given", "fixture")):
            return
        before = set(self._known)
        self._known |= {name for name, value in _assigned(node) if self._has_any(value)}
        self.generic_visit(node)
        self._known = before

    def visit_For(self, node: ast.For) -> None:
        if any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
            self._look_at(node.iter)
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        for inner in ast.walk(node.test):
            negated = isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.Not)
            call = inner.operand if isinstance(inner, ast.UnaryOp) and negated else inner
            if isinstance(call, ast.Call) and ast.unparse(call.func) == ("any" if negated else "all"):
                for argument in call.args:
                    if isinstance(argument, ast.GeneratorExp):
                        self._look_at(argument.generators[0].iter, is_filtered=bool(argument.generators[0].ifs))

    def _look_at(self, things: ast.expr, *, is_filtered: bool = False) -> None:
        if is_filtered or not self._has_any(things):
            self.found.append(things)

    def _has_any(self, things: ast.expr) -> bool:
        match things:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                return bool(elements)
            case ast.Dict(keys=keys):
                return bool(keys)
            case ast.Name(id=name):
                return name in self._known
            case ast.BinOp(left=left, right=right):
                return self._has_any(left) or self._has_any(right)
            case ast.Call(func=ast.Name(id="some" | "range")):
                return True
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in _AS_MANY:
                return any(self._has_any(argument) for argument in arguments)
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _AS_MANY_METHODS:
                return self._has_any(value)
        # The golden conversation is made of constants.
        return ast.unparse(things).startswith("golden.")


def _names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        yield from (name for name, _ in _assigned(node))


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for inner in ast.walk(node):
        targets = (
            inner.targets
            if isinstance(inner, ast.Assign)
            else [inner.target]
            if isinstance(inner, ast.AnnAssign)
            else []
        )
        if isinstance(inner, ast.Assign | ast.AnnAssign) and inner.value is not None:
            yield from ((target.id, inner.value) for target in targets if isinstance(target, ast.Name))


def unproven(source: str) -> list[str]:
    """Return what the checks of a module go through and could find empty."""
    return [f"{found.lineno}: {ast.unparse(found)}" for found in _Checks(ast.parse(source)).found]


@pytest.fixture
def root(request: pytest.FixtureRequest) -> Path:
    """Where the tests are."""
    return request.config.rootpath / "tests"


@pytest.mark.parametrize("folder", ["client", "contract", "docs", "scenarios", "server", "simulators"])
def test_what_a_check_goes_through_is_not_empty(root: Path, folder: str) -> None:
    """Written there with its elements, or taken through `some`, which fails where there is nothing."""
    modules = some((root / folder).rglob("test_*.py"))
    found = {str(module.relative_to(root)): unproven(module.read_text(encoding="utf-8")) for module in modules}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for x in y():\n    assert x", ["1: y()"]),
        ("for x in some(y()):\n    assert x", []),
        ("for x in (1, 2):\n    assert x", []),
        ("for x in []:\n    assert x", ["1: []"]),
        ("for x in y():\n    print(x)", []),
        ("assert all(x for x in y)", ["1: y"]),
        ("assert all(x for x in some(y))", []),
        ("assert all(x for x in some(y) if x.z)", ["1: some(y)"]),
        ("assert not any(x for x in y)", ["1: y"]),
        ("assert any(x for x in y)", []),
        ("Y = (1,)\nassert all(x for x in Y)", []),
        ("def f():\n    y = [1]\n    assert all(x for x in zip(y, z))", []),
    ],
)
def test_a_check_that_could_pass_on_nothing_is_found(source: str, expected: list[str]) -> None:
    """Loops that assert, `all`, and `not any`; what `any` asserts fails of itself."""
    assert unproven(source) == expected


def test_nothing_is_not_passed_on() -> None:
    """What `some` is for."""
    assert some(iter("ab")) == ["a", "b"]
    with pytest.raises(AssertionError, match="nothing to check"):
        some([])
