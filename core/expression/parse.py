"""From text to a tree in which every node is one that the interpreter knows. Nothing is computed here."""

import ast
import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.errors import SpecError
from core.expression.table import ATTRIBUTES, BINARY, COMPARISONS, CONSTANTS, FIELDS, FUNCTIONS, METHODS, SYMBOLS, UNARY, dotted

LONGEST = 400                                        # characters
NODES = 200
DEPTH = 30
LARGEST_NUMBER = 2**63 - 1                           # what an int64 holds

KNOWN_SHOWN = 6                                      # names in one message
GRAMMAR = ("torch.rand(2, 3)", "a.sum(dim=0)", "a[0, 1:]", "[1, 2.5]", " ".join(SYMBOLS))


@dataclass(frozen=True)
class Expression:
    """text is one line of plain characters; the columns of the tree's nodes count them from 0."""

    text: str
    tree: ast.expr


def parse(text: str, names: Collection[str]) -> Expression:
    """Read an expression over named tensors.

    Raises SpecError: "expression_empty", "expression_too_long", "expression_character", "expression_unreadable",
    "expression_too_deep", "expression_too_complex", "expression_not_available", "expression_not_called" or
    "expression_number_too_large". Its start and end are columns of the text without the spaces around it, to underline.
    """
    text = _one_line(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as wrong:
        start = min(wrong.offset or len(text), len(text)) - 1              # 0: something is missing behind the last character
        end = max((wrong.end_offset or 0) - 1, start + 1)
        raise SpecError("expression_unreadable", value=wrong.msg, start=start, end=min(end, len(text))) from None
    except (RecursionError, MemoryError, ValueError):                      # brackets in brackets in brackets
        raise SpecError("expression_too_deep", limit=DEPTH, start=0, end=len(text)) from None
    _check_size(tree)
    _Check(text, names).visit(tree)
    return Expression(text, tree)


def place(node: ast.AST) -> dict[str, int]:
    """The columns of a node as facts of an error."""
    return {"start": node.col_offset, "end": node.end_col_offset}


def _one_line(text: str) -> str:
    """Plain characters only: then a column is a character, and no letter only looks like another."""
    if len(text) > LONGEST:
        raise SpecError("expression_too_long", value=len(text), limit=LONGEST)
    text = text.strip().replace("\t", " ")
    if not text:
        raise SpecError("expression_empty")
    for column, character in enumerate(text):
        if not " " <= character <= "~":
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise SpecError("expression_character", value=shown, start=column, end=column + 1)
    return text


def _check_size(tree: ast.expr) -> None:
    """Level by level, so that a deep tree is refused before anything walks down into it."""
    facts, count, level = place(tree), 0, [tree]
    for _ in range(DEPTH):
        count += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, (ast.expr, ast.keyword))]
    if level:
        raise SpecError("expression_too_deep", limit=DEPTH, **facts)
    if count > NODES:
        raise SpecError("expression_too_complex", value=count, limit=NODES, **facts)


class _Check(ast.NodeVisitor):
    """Refuses every node that is in no table, from left to right."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text, self.names = text, names

    def generic_visit(self, node: ast.AST) -> None:
        """Any kind of node that has no method here: lambda, if, for, f-string, :=, *, and, not, await ..."""
        raise self._not_available(node, ast.get_source_segment(self.text, node), GRAMMAR)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, (str, bytes, complex)):
            self.generic_visit(node)
        if isinstance(node.value, int) and node.value > LARGEST_NUMBER:
            raise SpecError("expression_number_too_large", limit=f"{LARGEST_NUMBER:,}", **place(node))

    def visit_Name(self, node: ast.Name) -> None:
        if node.id not in self.names:
            close = [*_close(node.id, self.names), *_functions_like(node.id)]
            raise self._not_available(node, node.id, close or [*self.names, "torch.rand", "F.relu"])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if name := dotted(node):
            if name in FUNCTIONS:
                raise SpecError("expression_not_called", value=name, **place(node))
            if name not in CONSTANTS:
                raise self._not_available(node, name, _functions_like(node.attr) or FUNCTIONS)
            return
        self.visit(node.value)
        if node.attr in METHODS:
            raise SpecError("expression_not_called", value=f".{node.attr}", **place(node))
        if node.attr not in (*ATTRIBUTES, *FIELDS):
            self._refuse_member(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        if name:
            function = FUNCTIONS.get(name)
            if function is None:
                raise self._not_available(node.func, name, _functions_like(name.rpartition(".")[2]) or FUNCTIONS)
        elif isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)
            function = METHODS.get(node.func.attr)
            if function is None:
                self._refuse_member(node.func)
        else:
            self.visit(node.func)                    # most often an unknown name, as in print(a)
            raise self._not_available(node, f"{ast.get_source_segment(self.text, node.func)}(…)", GRAMMAR)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            known = function.keywords.split()
            if [other.arg for other in node.keywords].count(keyword.arg) > 1:                # only Python's compiler would refuse it
                raise SpecError("expression_unreadable", value=f"keyword argument repeated: {keyword.arg}", **place(keyword))
            if keyword.arg not in known:
                value = "**" if keyword.arg is None else f"{keyword.arg}="
                raise self._not_available(keyword, value, [f"{word}=" for word in known] or [ast.get_source_segment(self.text, node.func)])
            self.visit(keyword.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._operation(node, [node.op], BINARY, node.left, node.right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._operation(node, [node.op], UNARY, node.operand)

    def visit_Compare(self, node: ast.Compare) -> None:
        self._operation(node, node.ops, COMPARISONS, node.left, *node.comparators)

    def _parts(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.visit(child)

    visit_Tuple = visit_List = visit_Subscript = visit_Slice = _parts

    def _operation(self, node: ast.expr, ops: list[ast.AST], table: dict, *operands: ast.expr) -> None:
        if len(ops) > 1:                             # Python reads a < b < c as (a < b) and (b < c)
            raise self._not_available(node, ast.get_source_segment(self.text, node), ["(0 < a) & (a < 1)"])
        if type(ops[0]) not in table:
            self.generic_visit(node)
        for operand in operands:
            self.visit(operand)

    def _refuse_member(self, node: ast.Attribute) -> None:
        raise self._not_available(node, f".{node.attr}", [f".{name}" for name in _close(node.attr, MEMBERS) or MEMBERS])

    def _not_available(self, node: ast.AST, value: str, known: Iterable[str]) -> SpecError:
        value = value if len(value) <= 40 else f"{value[:40]}…"
        return SpecError("expression_not_available", value=value, known=", ".join(list(known)[:KNOWN_SHOWN]), **place(node))


MEMBERS = (*ATTRIBUTES, *METHODS)


def _close(word: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(word, known, KNOWN_SHOWN)


def _functions_like(word: str) -> list[str]:
    """The functions and constants, of torch and of F, whose last name looks like the word."""
    last = {name: name.rpartition(".")[2] for name in (*FUNCTIONS, *CONSTANTS)}
    close = _close(word, dict.fromkeys(last.values()))
    return sorted((name for name in last if last[name] in close), key=lambda name: close.index(last[name]))
