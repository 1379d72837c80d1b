"""Helpers of the tests that read the code: the syntax trees of modules and the calls in them."""

import ast
from collections.abc import Iterator
from functools import cache

from .tree import Module


@cache
def tree_of(module: Module) -> ast.Module:
    """Return the syntax tree of the module."""
    return ast.parse(module.text)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return every node of the tree, cached, because most checks read the nodes of all modules."""
    return tuple(ast.walk(tree))


def called(node: ast.Call) -> str:
    """Return the last name of the called function: `filter` for `Member.objects.filter(…)`."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Return every call in the tree."""
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def strings(tree: ast.AST) -> set[str]:
    """Return every string constant in the tree."""
    return {n.value for n in nodes(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
