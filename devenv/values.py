"""Data classes that cost little to import.

The words are those of the standard library's `dataclasses`, and so is what they do, as
far as this project uses it; to a type checker they are the very same. That one writes
and compiles five methods for each class when its module is imported, and imports
`inspect` for that: half of the time in which a command started. Here comparing, hashing
and printing are shared, and `__init__` is compiled once some values have been made.

Left out: inheritance, `__post_init__`, `InitVar`, `ClassVar`. Rejected: attrs compiles
as much; NamedTuple makes values that equal tuples, and each other.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import asdict as asdict
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace

    def compile_now() -> None:
        """Compile every `__init__` that waits for a first value.

        For a process that forks: its copies would each compile their own.
        """

else:
    from operator import attrgetter
    from types import MemberDescriptorType

    _NOTHING = object()
    _VALUES_UNCOMPILED = 80
    _waiting = []

    class _Field:
        """What is known about one field; annotations are not kept."""

        __slots__ = ("compare", "default", "default_factory", "repr")

        def __init__(self, default, default_factory, repr, compare):  # noqa: A002
            self.default = default
            self.default_factory = default_factory
            self.repr = repr
            self.compare = compare

        @property
        def is_optional(self):
            return self.default is not _NOTHING or self.default_factory is not _NOTHING

    class _StandardFields:
        """`__dataclass_fields__`, made when the standard library's functions ask."""

        def __get__(self, value, owner):
            import dataclasses  # noqa: PLC0415

            names = owner.__fields__
            standard = dataclasses.make_dataclass("Standard", names, kw_only=True)
            return standard.__dataclass_fields__

    def field(
        *,
        default=_NOTHING,
        default_factory=_NOTHING,
        repr=True,  # noqa: A002
        compare=True,
    ):
        return _Field(default, default_factory, repr, compare)

    def replace(value, /, **changes):
        for name in value.__fields__:
            if name not in changes:
                changes[name] = getattr(value, name)
        return type(value)(**changes)

    def asdict(value):
        return {name: _plain(getattr(value, name)) for name in value.__fields__}

    def _plain(given):
        if isinstance(given, (str, bytes, int, float, type(None))):
            return given
        raise TypeError(f"asdict is for values of plain fields: {given!r}")

    def dataclass(*, frozen=False, slots=False, kw_only=False, order=False, eq=True):
        def make(cls):
            fields = {name: _field_of(cls, name) for name in _annotated(cls)}
            compared = [name for name in fields if fields[name].compare] if eq else None
            body = _members(compared, is_frozen=frozen, is_ordered=order)
            body["__fields__"] = fields
            body["__dataclass_fields__"] = _StandardFields()
            body["__match_args__"] = () if kw_only else tuple(fields)
            made = [cls]
            body["__init__"] = _first_init(made, fields, kw_only=kw_only)
            if slots:
                made[0] = _with_slots(cls, fields, body)
            else:
                _fill_class(cls, fields, body)
            _waiting.append((made[0], kw_only))
            return made[0]

        return make

    def _members(compared, *, is_frozen, is_ordered):
        """Return what a class has of all; `compared` is None for one without equals.

        Each name that is set on a class that is there makes it be looked through.
        """
        body = {"__repr__": _repr}
        if compared is not None:
            body["__eq__"] = _equal
            body["__hash__"] = _hash if is_frozen else None
            body["_key"] = property(attrgetter(*compared) if compared else _empty)
        if is_ordered:
            body["__lt__"], body["__le__"] = _less, _less_or_equal
            body["__gt__"], body["__ge__"] = _greater, _greater_or_equal
        if is_frozen:
            body["__setattr__"], body["__delattr__"] = _refuse_to_set, _refuse_to_delete
            body["__getstate__"], body["__setstate__"] = _get_state, _set_state
        return body

    def _annotated(cls):
        """Return the annotated names; a class may name itself in its annotations."""
        try:
            return list(cls.__annotations__)
        except NameError:
            # Python 3.14 evaluates annotations when they are asked for.
            from annotationlib import Format, get_annotations  # noqa: PLC0415

            return list(get_annotations(cls, format=Format.FORWARDREF))

    def _field_of(cls, name):
        given = cls.__dict__.get(name, _NOTHING)
        return given if type(given) is _Field else _Field(given, _NOTHING, True, True)

    def _with_slots(cls, fields, members):
        """Return the class anew: slots can only be given to a class that is made."""
        unwanted = {"__dict__", "__weakref__", *fields}
        body = {
            name: value for name, value in vars(cls).items() if name not in unwanted
        }
        body |= members
        body["__slots__"] = tuple(fields)
        body["__qualname__"] = cls.__qualname__
        return type(cls)(cls.__name__, cls.__bases__, body)

    def _fill_class(cls, fields, members):
        for name in fields:
            if name in vars(cls):
                delattr(cls, name)
        for name, value in members.items():
            setattr(cls, name, value)

    def _first_init(made, fields, *, kw_only):
        """Return an `__init__` for the first values of the class in `made`.

        Many have one of their own. To compile one takes as long as to make some eighty
        values without, and of most classes a command makes fewer.
        """
        allowed = 0 if kw_only else len(fields)
        places = None
        left = _VALUES_UNCOMPILED

        def __init__(self, *args, **kwargs):  # noqa: N807
            nonlocal left, places
            (cls,) = made
            left -= 1
            if places is None:
                places = [_place(cls, name) for name in fields]
            if left < 0:
                cls.__init__ = _compiled_init(cls, kw_only=kw_only)
                cls.__init__(self, *args, **kwargs)
            elif len(args) > allowed or not _fill(self, places, args, kwargs):
                # It says what is wrong.
                _compiled_init(cls, kw_only=kw_only)(self, *args, **kwargs)

        return __init__

    def _place(cls, name):
        known = cls.__fields__[name]
        return name, _setter(cls, name), known.default, known.default_factory

    def _fill(value, places, args, kwargs):
        """Set the fields of a value; tell whether the arguments were those of one."""
        if args:
            named = {place[0]: given for place, given in zip(places, args)}  # noqa: B905
            if not named.keys().isdisjoint(kwargs):
                return False
            kwargs |= named
        taken = 0
        for name, set_value, default, make in places:
            given = kwargs.get(name, _NOTHING)
            if given is not _NOTHING:
                taken += 1
            elif make is not _NOTHING:
                given = make()
            elif default is not _NOTHING:
                given = default
            else:
                return False
            set_value(value, given)
        return taken == len(kwargs)

    def compile_now():
        for cls, kw_only in _waiting:
            cls.__init__ = _compiled_init(cls, kw_only=kw_only)
        _waiting.clear()

    def _compiled_init(cls, *, kw_only):
        names = {"_NOTHING": _NOTHING}
        parameters, lines = [], []
        for name, known in cls.__fields__.items():
            names[f"_set_{name}"] = _setter(cls, name)
            names[f"_default_{name}"] = known.default
            names[f"_make_{name}"] = known.default_factory
            parameters.append(f"{name}=_default_{name}" if known.is_optional else name)
            given = name
            if known.default_factory is not _NOTHING:
                given = f"_make_{name}() if {name} is _NOTHING else {name}"
            lines.append(f" _set_{name}(self, {given})")
        star = ["*"] if kw_only and parameters else []
        taken = ", ".join(["self", *star, *parameters])
        text = "\n".join([f"def __init__({taken}):", *(lines or [" pass"])])
        exec(text, names)  # noqa: S102 (of names that a class in this package has)
        init = names["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        return init

    def _setter(cls, name):
        slot = vars(cls).get(name)
        if type(slot) is MemberDescriptorType:
            return slot.__set__
        return lambda value, given: object.__setattr__(value, name, given)

    def _empty(value):
        return ()

    def _equal(self, other):
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return self._key == other._key

    def _hash(self):
        return hash(self._key)

    def _less(self, other):
        return self._key < other._key if type(self) is type(other) else NotImplemented

    def _less_or_equal(self, other):
        return self._key <= other._key if type(self) is type(other) else NotImplemented

    def _greater(self, other):
        return self._key > other._key if type(self) is type(other) else NotImplemented

    def _greater_or_equal(self, other):
        return self._key >= other._key if type(self) is type(other) else NotImplemented

    def _repr(self):
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name, known in self.__fields__.items()
            if known.repr
        ]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _refuse_to_set(self, name, value):
        raise AttributeError(f"a {type(self).__name__} is frozen: {name}")

    def _refuse_to_delete(self, name):
        _refuse_to_set(self, name, None)

    def _get_state(self):
        return [getattr(self, name) for name in self.__fields__]

    def _set_state(self, state):
        for name, value in zip(self.__fields__, state, strict=True):
            object.__setattr__(self, name, value)
