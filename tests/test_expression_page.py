"""The tensors page's own expression and its catalogue: taken apart, refused with its place, or refused by PyTorch with the axes that
do not fit."""

import html
import re

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from content.text import LANGUAGES, Text
from core.expression.explore import EXAMPLES, ExpressionSpec, corner, explore, outcome, outcomes, overwrite, printed, shares, written
from core.ops import OPS, QUESTIONS, of_question
from core.ops.catalogue import BACK, MANY, back
from core.tensors import counting
from figures import expression as figure
from figures.histogram import histogram
from figures.lines import lines
from figures.palette import RED
from figures.tensor import heat_map
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)
from ui.tensors import catalogue, search


def asked(text: str, **more: str):
    """The page with its answer on display."""
    at = opened("tensors", view="expression", text=text, **more)
    buttons = [b for b in at.button if b.key == "predict.tensors.expression.show"]
    return fine(buttons[0].click().run()) if buttons else at


def drawn(at, key: str) -> str:
    return next(e for e in at.get("bidi_component") if e.proto.id.endswith(key)).proto.bytes.decode()


@pytest.mark.parametrize("text", EXAMPLES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_is_taken_apart(text, lang):
    done = explore(ExpressionSpec(text))
    at = asked(text, lang=lang)
    svg = drawn(at, "tensors.expression")
    assert svg.count("<circle") == 2 * len(done.steps)     # a bracket and a card for each
    for step in done.steps:
        assert step.failure or written(step.value) in svg
    assert ("RuntimeError" in shown(at)) == (text == EXAMPLES[-1])


def test_an_example_becomes_the_expression_and_can_be_taken_again():
    at = opened("tensors", view="expression")
    for _ in range(2):
        pills = next(group for group in at.button_group if group.key == "tensors.expression.example")
        fine(pills.set_value(EXAMPLES[3]).run())
        assert at.text_input(key="tensors.expression.text").value == EXAMPLES[3]
        fine(at.text_input(key="tensors.expression.text").set_value("a").run())


def test_the_numbers_on_the_page_are_pytorchs():
    at = asked("a @ b.T + torch.rand(4)", seed="7")
    generator = torch.Generator().manual_seed(7)
    a, b = torch.arange(6.0).reshape(2, 3), torch.arange(1.0, 13).reshape(4, 3) * 10
    assert repr(a @ b.T + torch.rand(4, generator=generator)) in [code.value for code in at.code]


def test_a_step_is_looked_at_and_says_whose_memory_it_reads():
    at = asked("a @ b.T")
    fine(at.slider(key="tensors.expression.step").set_value(3).run())
    words = shown(at)
    assert "`b.T`" in words
    assert "stride `(1, 3)`" in words
    assert "it reads the memory of step 2" in words
    fine(at.text_input(key="tensors.expression.text").set_value("a @ b.T @ b").run())
    assert at.slider(key="tensors.expression.step").value == 6                 # another expression: its result


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_pytorch_warns_of_stands_beside_the_result(lang):
    for _ in range(2):                                     # as often as it is asked
        at = asked("torch.ones(1, 2, 3).T + F.softmax(a).sum()", lang=lang)
        words = shown(at)
        assert "UserWarning: The use of `x.T` on tensors of dimension other than 2" in words
        assert "UserWarning: Implicit dimension choice for softmax has been deprecated" in words
        assert "`torch.ones(1, 2, 3).T`" in words
    assert "UserWarning" not in shown(asked("a @ b.T", lang=lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_available_is_underlined_where_it_stands(lang):
    at = asked("  a.sum() + open('x')", lang=lang)
    assert "open" in at.warning[0].value
    line = re.search(rf'<path d="M([\d.]+) 44h([\d.]+)" stroke="{RED}"', drawn(at, "tensors.refused"))
    letter = figure.LETTER
    assert float(line[1]) == figure.MARGIN + letter * "a.sum() + ".__len__()
    assert float(line[2]) == 4 * letter
    assert not at.exception


@pytest.mark.parametrize("text", ["", "(((", "a +", "9" * 300, "a @ b.T +\u3000torch.rand(4)", "1" + "+1" * 150])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_is_typed_gets_a_sentence(text, lang):
    at = opened("tensors", view="expression", lang=lang)
    fine(at.text_input(key="tensors.expression.text").set_value(text).run())
    assert len(at.warning) == 1
    assert at.session_state["tensors.expression.text"] == text                 # nothing is lost


def test_axes_that_do_not_fit_are_red_in_both_shapes():
    at = asked("a @ b")
    svg = drawn(at, "tensors.misfit")
    assert len(re.findall(rf'<rect [^>]*stroke="{RED}"', svg)) == 2
    assert "dim 1 of the first tensor (length 3) meets dim 0 of the second (length 4)" in shown(at)
    assert "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x3)" in shown(at)


@pytest.mark.parametrize("text", [
    "a.shape", "3", "a.max(dim=1)", "torch.complex(a, a)", "a > 2", "a[5:]", "torch.rand(3, 4, 5, 6)", "a / 0", "torch.zeros(2, 3, 2) / 0",
    "torch.zeros(300, 400)", "a.sum(", "torch.tensor([1, 2]) // 0", "a.numel() + 1", "[a, b]",
])
def test_values_of_every_kind_have_a_picture_or_are_written(text):
    at = asked(text)
    assert not at.exception
    assert at.warning or drawn(at, "tensors.expression")


@pytest.mark.parametrize("text", [*EXAMPLES, "a @ b", "a.max(dim=1)", "b.T", "a.sum()", "3"])
def test_the_right_answer_is_offered_once_and_not_alone(text):
    done = explore(ExpressionSpec(text))
    offered = outcomes(done)
    assert offered.count(outcome(done)) == 1
    assert len(offered) == len(set(offered))
    assert 2 <= len(offered) <= 7


def test_memory_is_shared_where_pytorch_shares_it():
    for text, used in [("a.T", 0), ("a[:, 1:]", 0), ("a.view(3, 2)", 0), ("a + 1", None), ("a.clone()", None), ("a.T.reshape(6)", None)]:
        done = explore(ExpressionSpec(text))
        assert shares(done, len(done.steps) - 1) == used, text


@pytest.mark.parametrize("shape", [(), (5,), (401,), (2, 3), (30, 30), (2, 3, 40, 40), (500, 1), (0, 3)])
def test_a_corner_has_at_most_so_many_elements_and_they_are_the_first(shape):
    x = torch.arange(max(1, int(np.prod(shape)))).reshape(shape) if 0 not in shape else torch.zeros(shape)
    part = corner(x, 400)
    assert part.numel() <= 400
    if x.numel() <= 400:
        assert part is x
    else:
        assert part.flatten()[0] == 0
        assert part.numel() >= 20


def test_no_bracket_covers_another():
    done = explore(ExpressionSpec("a+b+a+b" + "+a" * 20, a_size="3", b_size="3"))
    parts = [figure.Part(s.start, s.end, written(s.value), s.uses, False, None, "") for s in done.steps]
    letter = 20.0
    pieces = figure._pieces(done.text, parts, 0, len(done.text))
    rows = figure._rows(pieces, letter)
    for i, part in enumerate(parts):
        assert all(rows[used] < rows[i] for used in part.uses)
        for j in range(i):
            if rows[i] == rows[j]:
                (low, high), (left, right) = figure._extent(pieces[i], letter), figure._extent(pieces[j], letter)
                assert high <= left or right <= low


LONG = ("torch.softmax(torch.rand(4, 8) @ torch.rand(4, 8).T / 8 + torch.triu(torch.full((4, 4), -1e4), diagonal=1), dim=-1) @ "
        "torch.rand(4, 8) + torch.relu(torch.rand(4, 8) @ torch.rand(8, 16) + torch.rand(16)) @ torch.rand(16, 8) + "
        "F.layer_norm(torch.rand(4, 8), (8,)) + torch.cat([torch.rand(2, 8), torch.rand(2, 8) * 0.5]) - torch.stack([torch.rand(8), "
        "torch.rand(8), torch.ones(8), torch.zeros(8)])")


def lines_of(svg: str) -> list[str]:
    """The lines of the expression in a picture."""
    return [html.unescape(line) for line in re.findall(r'font-family="monospace"[^>]*>([^<]*)<', svg)]


def apart(text: str) -> str:
    done = explore(ExpressionSpec(text))
    parts = [figure.Part(s.start, s.end, written(s.value), s.uses, False, None, "") for s in done.steps]
    return figure.taken_apart(done.text, parts, 0, "x")


@pytest.mark.parametrize("text", [EXAMPLES[0], "a" + " + a" * 16, "a" + " + a" * 17, LONG, "a" + "+1" * 28, "1" * 400,
                                  "a.view(3, 2)" + ".T" * 25])
def test_letters_of_an_expression_stay_readable_however_long_it_is(text):
    for svg in (figure.underlined(text, 0, 1, "x"), *([apart(text)] if text[0] != "1" else [])):
        letters = [float(size) * 0.6 for size in re.findall(r'font-size="([\d.]+)" font-family="monospace"', svg)]
        assert min(letters) >= figure.NARROWEST - 0.01
        assert (len(letters) == 1) == (len(text) <= 68)
        assert "".join("".join(lines_of(svg)).split()) == "".join(text.split())            # nothing is lost
        widths = [float(wide) for wide in re.findall(r'textLength="([\d.]+)"', svg)]
        assert max(widths) <= figure.WIDE - 2 * figure.MARGIN + 0.1


def test_a_long_expression_is_broken_where_few_brackets_are_open():
    text = "torch.cat([a, b]).sum(dim=0, keepdim=True) + torch.softmax(a @ b.T, dim=1).mean() * torch.rand(3) - b[0]"
    assert lines_of(apart(text)) == [
        "torch.cat([a, b]).sum(dim=0, keepdim=True)", "+ torch.softmax(a @ b.T, dim=1).mean()", "* torch.rand(3) - b[0]"]
    assert all(re.match(r"[-+*/@]|torch|diagonal", line) for line in lines_of(apart(LONG)))


def test_the_picture_of_the_longest_expression_has_a_bearable_height():
    svg = apart(LONG)
    assert 350 < len(LONG) <= 400
    steps = len(explore(ExpressionSpec(LONG)).steps)
    cards = -(-steps // 5) * (figure.CARD_HIGH + 10)
    assert float(re.search(r'viewBox="0 0 1000 ([\d.]+)"', svg)[1]) - cards < 70 * steps


def test_each_part_is_numbered_where_it_begins_and_has_its_shape_where_it_ends():
    text = LONG[:150].rpartition(" @ ")[0]
    svg = apart(text)
    steps = explore(ExpressionSpec(text)).steps
    numbers = [int(n) for n in re.findall(r'font-size="17" fill="white"[^>]*>(\d+)<', svg)]
    assert set(numbers) == set(range(1, len(steps) + 1))
    assert all(2 <= numbers.count(i) <= 3 for i in numbers)                # its card, its end and, if in another line, its beginning


def test_what_is_refused_is_underlined_in_every_line_that_it_reaches_into():
    text = "a" + " + a" * 25
    whole, one = figure.underlined(text, 0, len(text), "x"), figure.underlined(text, 60, 61, "x")
    assert whole.count(f'stroke="{RED}"') == 2
    assert one.count(f'stroke="{RED}"') == 1
    x = figure.MARGIN + (60 - 50) * figure.WRAPPED           # the second line begins with the + at 50
    assert f'<path d="M{x:g} 104h{figure.WRAPPED:g}"' in one


def test_numbers_and_names_are_not_torn_apart():
    text = "abcd*1e-5+b"
    assert [text[low:high] for low, high in lines(text, 7)] == ["abcd", "*1e-5+b"]
    assert [text[low:high] for low, high in lines(text, 9)] == ["abcd*1e-5", "+b"]


def test_what_is_typed_is_text_in_the_picture():
    svg = figure.underlined("a < b & <script>", 0, 3, "x")
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_name_the_tensors_of_the_page(lang):
    assert "a @ b.T" in Text(lang)("fields.text.help")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_of_the_catalogue_asks_and_answers(question, lang):
    key = of_question(question)[-1]
    at = opened("tensors", view="catalogue", ask=question, op=key, lang=lang)
    assert at.selectbox(key="tensors.catalogue.op").options == list(of_question(question))
    fine(next(b for b in at.button if b.key == "predict.tensors.catalogue.show").click().run())
    assert OPS[key].example in [code.value for code in at.code]
    assert Text(lang)(f"ops.{key}") in shown(at)
    assert drawn(at, "tensors.catalogue")


def test_every_operations_right_answer_is_among_those_offered():
    t = Text("en")
    for op in OPS.values():
        done = explore(ExpressionSpec(op.example))
        _, options, truth = catalogue._question(t, op.question, done)
        assert truth in options, op.reference
        assert len(options) >= 2


def test_views_and_copies_are_told_apart():
    own = {key for key in of_question("memory")
           if catalogue._question(Text("en"), "memory", explore(ExpressionSpec(OPS[key].example)))[2] == "own"}
    assert own == {"reshape", "contiguous", "clone"}


def test_words_find_operations_of_every_question():
    at = opened("tensors", view="catalogue", find="Batch")
    assert at.selectbox(key="tensors.catalogue.op").options == ["unsqueeze", "stack", "bmm"]
    assert f"3 of {len(OPS)} operations" in shown(at)
    fine(at.text_input(key="tensors.catalogue.find").set_value("no such words").run())
    assert f"None of the {len(OPS)} operations" in shown(at)
    assert at.selectbox(key="tensors.catalogue.op").options == list(of_question("memory"))


@pytest.mark.parametrize(("words", "first"), [
    ("average", "mean"), ("sort", "sort"), ("multiply", "mul"), ("size", "size"), ("concatenate", "cat"), ("join", "cat"),
    ("random", "rand"), ("max", "max"), ("norm", "vector_norm"), ("inverse", "inv"), ("type", "to"), ("convert", "to"), ("reverse", "flip"),
    ("swap axes", "transpose"), ("standard deviation", "std"), ("Averages", "mean"), ("torch.mean", "mean"), ("==", "eq"),
    ("matrix multiplication", "matmul"), ("sum of rows", "sum"), ("平均", "mean"), ("怎么求平均值", "mean"), ("排序", "sort"),
    ("求和", "sum"), ("乘法", "mul"), ("矩阵乘法", "matmul"), ("拼接", "cat"), ("随机数", "rand"), ("逆矩阵", "inv"), ("类型转换", "to"),
    ("标准差", "std"), ("最大值", "max"), ("转置", "transpose"),
])
def test_what_a_learner_wants_to_do_finds_the_operation_in_either_language(words, first):
    assert [search.found(Text(lang), words)[0] for lang in LANGUAGES] == [first, first]


@pytest.mark.parametrize("key", OPS)
def test_the_name_of_an_operation_finds_it_first(key):
    assert search.found(Text("en"), key)[0] == search.found(Text("zh"), key.upper())[0] == key


def test_every_operation_has_words_of_its_own_in_both_languages():
    for key in OPS:
        words = {lang: Text(lang)(f"ops.words.{key}").lower().split() for lang in LANGUAGES}
        assert all(words.values()), key
        assert key not in words["en"], key                 # its name is searched anyway
    assert len({Text("en")(f"ops.words.{key}") for key in OPS}) == len(OPS)


def test_words_without_a_letter_find_nothing():
    assert search.found(Text("en"), "  ") == search.found(Text("en"), "no such words") == ()


def test_a_search_chooses_what_fits_best():
    at = opened("tensors", view="catalogue")
    fine(at.text_input(key="tensors.catalogue.find").set_value("average").run())
    assert at.session_state["tensors.catalogue.op"] == "mean"
    assert OPS["mean"].example in [code.value for code in at.code]


def test_what_is_no_number_is_written_where_it_has_no_colour():
    chart = heat_map(np.array([[1.0, np.inf], [np.nan, -np.inf]]), "")
    assert [(a["x"], a["y"], a["text"]) for a in chart["layout"]["annotations"]] == [(1, 0, "inf"), (0, 1, "nan"), (1, 1, "-inf")]
    assert chart["data"][0]["zmax"] == 1
    blocks = heat_map(np.full((2, 1, 2), np.inf), "")
    assert [a["y"] for a in blocks["layout"]["annotations"]] == [0, 0, 2, 2]   # row 1 lies between the blocks


@pytest.mark.parametrize("key", of_question("memory"))
def test_a_view_changes_with_its_source_and_a_copy_does_not(key):
    before, after = (explore(ExpressionSpec(OPS[key].example)) for _ in range(2))
    overwrite(after, 99)
    changed = not torch.equal(before.value, after.value)
    assert changed == (shares(after, len(after.steps) - 1) is not None)


def test_the_source_can_be_overwritten_on_the_page():
    at = opened("tensors", view="catalogue", op="view")
    fine(next(b for b in at.button if b.key == "predict.tensors.catalogue.show").click().run())
    assert ">99<" not in drawn(at, "tensors.catalogue")
    fine(at.toggle(key="tensors.catalogue.overwrite").set_value(True).run())
    assert drawn(at, "tensors.catalogue").count(">99<") == 2                   # in a and in its view
    fine(at.selectbox(key="tensors.catalogue.op").set_value("clone").run())
    assert drawn(at, "tensors.catalogue").count(">99<") == 1


def test_a_matrix_product_is_made_number_by_number():
    at = opened("tensors", view="catalogue", ask="product", op="matmul")
    fine(next(b for b in at.button if b.key == "predict.tensors.catalogue.show").click().run())
    assert "[0, 0] = 0·10 + 1·20 + 2·30 = 80" in drawn(at, "tensors.product")
    fine(at.slider(key="tensors.catalogue.cell").set_value(8).run())
    a, b = counting((2, 3), (4, 3)).values()
    assert f"[1, 3] = 3·100 + 4·110 + 5·120 = {(a @ b.T)[1, 3]:g}" in drawn(at, "tensors.product")


@pytest.mark.parametrize("key", BACK)
def test_the_way_back_ends_where_the_example_began(key):
    done = explore(ExpressionSpec(OPS[key].example))
    began = [step.value for step in done.steps if step.operation == "torch.tensor"]
    wanted = {"inv": torch.eye(2), "solve": began[-1]}.get(key, began[0])
    torch.testing.assert_close(back(key, done).value, wanted, atol=1e-5, rtol=0)
    at = opened("tensors", view="catalogue", ask="matrix", op=key)
    fine(next(b for b in at.button if b.key == "predict.tensors.catalogue.show").click().run())
    assert BACK[key][0] in "".join(code.value for code in at.code)


@pytest.mark.parametrize("key", MANY)
def test_a_histogram_counts_every_draw(key):
    values = explore(ExpressionSpec(MANY[key])).value.double().numpy()
    chart = histogram(values, {"value": "", "count": "", "hover": ""})
    counts = chart["data"][0]["y"]
    assert sum(counts) == len(values) == 5000
    expected = {"randint": 10, "bernoulli": 2, "multinomial": 3}.get(key, 40)
    assert len(counts) == expected
    go.Figure(chart)                                                           # plotly knows every name
    share = {"randint": [0.1] * 10, "bernoulli": [0.7, 0.3], "multinomial": [0.1, 0.1, 0.8], "rand": [1 / 40] * 40}.get(key)
    assert share is None or np.allclose(np.array(counts) / 5000, share, atol=0.025)
    at = opened("tensors", view="catalogue", ask="chance", op=key)
    fine(next(b for b in at.button if b.key == "predict.tensors.catalogue.show").click().run())
    assert len(at.get("plotly_chart")) == 1


@pytest.mark.parametrize("text", ["torch.rand(1000, 1000).split(1)", "torch.zeros(" + "1, " * 69 + "1)", "torch.zeros(" + "0, " * 65 + "0)",
                                  "torch.rand(1000, 1000)", "[" + "a, " * 40 + "a]", "torch.rand(100000, 2, 2)"])
def test_nothing_that_is_shown_grows_with_what_was_made(text):
    at = asked(text)
    assert not at.exception
    assert sum(len(code.value) for code in at.code) < 400_000
    assert len(drawn(at, "tensors.expression")) < 100_000
    done = explore(ExpressionSpec(text))
    assert all(len(written(step.value)) <= 80 for step in done.steps)
    assert "…" in printed(done.value) or len(printed(done.value)) < 400_000
