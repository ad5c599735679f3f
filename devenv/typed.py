"""Words of `typing` for modules that every command imports.

`typing` takes 3 ms, to be ready for questions that nobody here asks. To a type checker
these words are the very same; to Python they are classes that do nothing, but for
NamedTuple, which makes what the standard library's makes.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
    from typing import Self as Self
    from typing import TextIO as TextIO
    from typing import TypeVar as TypeVar
else:
    from collections import namedtuple

    Any = BinaryIO = NoReturn = Self = TextIO = object

    class Protocol:
        """What has these members; a class may say that it is one."""

    def TypeVar(name):  # noqa: N802 - called like the class that it stands for
        return object

    class _Tuples(type):
        """What a class of named tuples is written with, and not what it is."""

        def __new__(cls, name, bases, body):
            names = _annotated(body)
            given = [body[each] for each in names if each in body]
            module = body["__module__"]
            made = namedtuple(name, names, defaults=given, module=module)
            made.__doc__ = body.get("__doc__")
            for key, value in body.items():
                if not key.startswith("__") and key not in names:
                    setattr(made, key, value)
            return made

    def _annotated(body):
        if "__annotations__" in body:
            return list(body["__annotations__"])
        # Python 3.14 evaluates annotations when they are asked for.
        import annotationlib  # noqa: PLC0415

        ask = annotationlib.get_annotate_from_class_namespace(body)
        asked = annotationlib.Format.FORWARDREF
        return list(annotationlib.call_annotate_function(ask, asked))

    NamedTuple = type.__new__(_Tuples, "NamedTuple", (), {})
