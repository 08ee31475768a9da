"""Services are the only door for writes: entry points, selectors and the rest call them."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, product

MANAGERS = {"objects", "unscoped", "_default_manager", "_base_manager"}
QUERYSET_STEPS = {
    "all",
    "annotate",
    "distinct",
    "exclude",
    "filter",
    "get_queryset",
    "only",
    "order_by",
    "select_for_update",
}
QUERYSET_WRITES = {
    "bulk_create", "bulk_update", "create", "delete", "get_or_create", "raw", "update", "update_or_create",
}  # fmt: skip
INSTANCE_WRITES = {"save", "delete"}

# Path, or folder with a slash at its end -> why it writes by itself.
WRITERS: dict[str, str] = {
    "gauzy/eventbus/": "the bus writes its own tables in the publisher's or the handler's transaction",
}


def test_only_services_write() -> None:
    found = [
        f"{module.at(call)} .{name}(…): move the write to the app's services.py and call it from here"
        for module in product()
        if not _may_write(module)
        for call, name in _writes(module)
    ]
    assert not found, "\n".join(found)


def test_a_leak_is_recognized() -> None:
    leaks = """
Employee.objects.create(name="x")
Employee.unscoped.filter(id=1).order_by("id").update(name="y")
self.get_queryset().delete()
employee.save(update_fields=["name"])
employee.delete()
"""
    harmless = """
{}.update(a=1)
seen.update(names)
hashlib.sha256().update(b"")
Employee.objects.filter(id=1).first()
cache.delete("key")
"""
    assert len(list(_writes(_module(leaks)))) == 5
    assert list(_writes(_module(harmless))) == []


def _module(text: str) -> Module:
    return Module("example.py", text, ast.parse(text))


def _may_write(module: Module) -> bool:
    parts = module.name.split("/")
    return (
        parts[-1] == "services.py"
        or "services" in parts
        or any(module.name == place or (place.endswith("/") and module.name.startswith(place)) for place in WRITERS)
    )


def _writes(module: Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, target = node.func.attr, node.func.value
            through_manager = name in QUERYSET_WRITES and _is_queryset(target)
            if through_manager or (name in INSTANCE_WRITES and _may_be_a_row(node, target)):
                yield node, name


def _is_queryset(target: ast.expr) -> bool:
    """Whether the expression is a manager, or a chain of queryset steps."""
    if isinstance(target, ast.Attribute):
        return target.attr in MANAGERS
    return (
        isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute) and target.func.attr in QUERYSET_STEPS
    )


def _may_be_a_row(call: ast.Call, target: ast.expr) -> bool:
    """A row is saved or deleted through its name and without positional arguments; caches and storages take a key."""
    return isinstance(target, ast.Name) and not call.args
