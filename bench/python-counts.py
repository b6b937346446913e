"""Counts patterns in Python files with Python's own parser: reads paths, a line each, and writes JSON."""
import ast
import json
import sys
from collections import Counter


def name_of(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def look(node, add):
    if isinstance(node, ast.Await):
        add("async-await")
    elif isinstance(node, ast.ExceptHandler):
        add("try-catch")
        only = node.body[0]
        silent = isinstance(only, ast.Pass) or (
            isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant) and only.value.value is Ellipsis
        )
        if len(node.body) == 1 and silent:
            add("empty-catch")
        if node.type is None or name_of(node.type) in ("Exception", "BaseException"):
            add("broad-catch")
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        add("comprehension")
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        counted = isinstance(node.iter, ast.Call) and name_of(node.iter.func) == "range"
        add("index-loop" if counted else "element-loop")
    elif isinstance(node, ast.Lambda):
        add("function-value")
    elif isinstance(node, (ast.Yield, ast.YieldFrom)):
        add("generator")
    elif isinstance(node, ast.Global):
        add("mutable-global")
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        add("scoped-resource")
    elif isinstance(node, ast.Raise) and node.cause is not None:
        add("wrapped-error")
    elif isinstance(node, ast.Assert):
        add("assertion")
    elif isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        add("wildcard-import")
    if isinstance(node, ast.Try) and node.finalbody:
        add("finally")
    if isinstance(node, ast.Call):
        called = name_of(node.func)
        if called in ("isinstance", "issubclass"):
            add("type-test")
        if called.startswith("self.assert"):
            add("assertion")
    if isinstance(node, ast.ClassDef) and "Test" not in " ".join([node.name, *map(ast.unparse, node.bases)]):
        for member in node.body:
            member.in_product = True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if node.name.startswith("test") and not getattr(node, "in_product", False):
            add("test-case")
        if node.returns is not None:
            add("declared-result")
    for _ in getattr(node, "decorator_list", []):
        add("decorator")


counts = Counter()
unread = 0
for path in sys.stdin.read().splitlines():
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (SyntaxError, ValueError):
        unread += 1
        continue
    for found in ast.walk(tree):
        look(found, lambda pattern: counts.update([pattern]))
json.dump({"counts": counts, "unread": unread}, sys.stdout)
