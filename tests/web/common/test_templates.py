"""How the pages' templates are laid out: every line short, and the browser shows the same."""

import pytest
from tools import templates


def laid(*lines: str) -> str:
    return templates.written("\n".join(lines))


def test_every_page_is_laid_out():
    assert templates.not_laid_out() == []


def test_what_stands_on_lines_of_its_own_is_written_below_one_another():
    wide = "字" * 100
    assert laid(f"<div><p>{wide}</p>{{% if a %}}<p>{wide}</p>{{% endif %}}</div>") == (
        f"<div>\n  <p>{wide}</p>\n  {{% if a %}}\n    <p>{wide}</p>\n  {{% endif %}}\n</div>\n"
    )


@pytest.mark.parametrize(
    "flows",
    [
        "<b>{a}</b><i>{a}</i>{{% if x %}}<u>{a}</u>{{% endif %}}",  # white space would part the words
        "{{% for e in all %}}<a>{a}</a>{{% endfor %}}",
        "{{% translate '{a}' %}}：{{% url 'x' %}}{{{{ {a} }}}}",
    ],
)
def test_what_flows_is_never_parted(flows):
    text = flows.format(a="a" * 150)
    assert f"一{text}二" in laid(f"<p>一{text}二</p>")


@pytest.mark.parametrize(
    "whole",
    [
        "<pre>a\n\n   b</pre>",
        '<textarea name="x">\n  {{ text }}</textarea>',
        '<p class="y-chat-text">{{ a }}\n  {{ b }}</p>',
        "{% blocktranslate with a=b %}一  二{% endblocktranslate %}",
        "<script>\nif (a) {\n      b()\n}\n</script>",
        "{# 一 {% if %} 二 #}",
        '<a href="{% url "x" %}?a={{ b|default:">" }}">一</a>',
    ],
)
def test_what_is_shown_as_it_is_stays_as_it_is(whole):
    assert whole in laid(f"<div>{whole}<p>{'字' * 120}</p></div>")


def test_an_element_that_may_be_empty_stays_empty():
    wide = "字" * 60
    maybe = f"<td>{{% if a %}}<p>{wide}</p>{{% endif %}}{{% if b %}}<p>{wide}</p>{{% endif %}}</td>"
    line = laid(f"<tr>{maybe}</tr>")
    assert "<td>{% if a %}" in line
    assert "{% endif %}</td>" in line


def test_a_tag_too_wide_has_its_attributes_on_several_lines():
    told = " ".join(f'data-{n}="{"x" * 30}"' for n in range(6))
    written = laid(f"<div {told}>一</div>")
    assert max(map(len, written.splitlines())) <= templates.WIDTH
    assert written.split() == f"<div {told}>一</div>".replace(">一</div>", ">\n一\n</div>").split()


def test_once_is_enough():
    page = "<ul>{% for e in all %}<li><b>{{ e }}</b> {{ e.more }}</li>{% empty %}<li>没有</li>{% endfor %}</ul>"
    once = laid(page * 4)
    assert templates.written(once) == once


def test_branches_that_open_different_tags_are_left_to_themselves():
    page = '{% if a %}<a href="x">{% else %}<span>{% endif %}一{% if a %}</a>{% else %}</span>{% endif %}'
    assert "".join(laid(page).split()) == "".join(page.split())


@pytest.mark.parametrize(
    "broken", ["{% if a %}<p>", "<p>{% endif %}</p>", "{% for a in b %}{% endif %}"]
)
def test_a_tag_of_djangos_that_is_not_closed_is_named(broken):
    with pytest.raises(templates.Unreadable, match=r"\{%"):
        laid(broken)
