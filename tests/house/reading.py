"""What the tests that read the code have in common: the syntax trees of modules and the calls in them."""

import ast
from collections.abc import Iterator
from functools import cache

from .tree import Module


@cache
def tree_of(module: Module) -> ast.Module:
    """The syntax tree of the module."""
    return ast.parse(module.text)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Every node of the tree; most checks ask for those of all modules."""
    return tuple(ast.walk(tree))


def called(node: ast.Call) -> str:
    """The last name of what is called: `filter` of `Member.objects.filter(…)`."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in the tree."""
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def strings(tree: ast.AST) -> set[str]:
    """Every string constant in the tree."""
    return {n.value for n in nodes(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
