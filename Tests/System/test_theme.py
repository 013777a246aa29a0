"""A hospital's own look, by the programs: `vestibule theme check`, the colours, the logo and what apps are told of them."""

import re
import subprocess

import httpx
import pytest

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="#5b2a86"/></svg>'
GOOD = 'accent = "#5b2a86"\naccent_text = "#ffffff"\ndark_accent = "#c9a7ec"\ndark_accent_text = "#1d0f2b"'
WEAK = 'accent = "#b9a3c9"\naccent_text = "#ffffff"'


@pytest.fixture
def themed(instance, tmp_path):
    """`vestibule` with a [theme] of the test's own."""

    def run(theme, *arguments):
        configuration = tmp_path / "themed.toml"
        configuration.write_text(f"{instance.configuration.read_text()}\n[theme]\n{theme}\n")
        return subprocess.run(
            [instance.programs / "vestibule", "theme", "check", *arguments],
            env={"VESTIBULE_CONFIG": str(configuration)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_colours_that_can_be_read_pass(themed):
    done = themed(GOOD)
    assert done.returncode == 0 and "keeps its contrast" in done.stdout


def test_colours_that_cannot_be_read_are_named_with_what_they_have_and_need(themed):
    done = themed(WEAK)
    assert done.returncode == 1
    assert re.search(r"light: on-accent #ffffff on accent #b9a3c9 has 2\.\d\d:1, needs 4\.5:1", done.stdout)
    assert "too weak" in done.stderr


@pytest.mark.parametrize(
    ("theme", "complaint"),
    [
        ('accent = "purple"', "must be a colour"),
        ('logo = "/nowhere/logo.svg"', "/nowhere/logo.svg"),
        ('acent = "#5b2a86"', "accent"),
    ],
)
def test_what_is_wrong_with_a_theme_is_said(themed, theme, complaint):
    done = themed(theme)
    assert done.returncode != 0 and complaint in done.stderr


def test_a_logo_that_is_no_picture_is_refused(themed, tmp_path):
    (tmp_path / "logo.svg").write_text("<html>hello</html>")
    done = themed(f'logo = "{tmp_path}/logo.svg"')
    assert done.returncode == 1 and "neither PNG nor SVG" in done.stderr


def test_the_colours_and_the_logo_are_on_the_pages_and_in_what_apps_are_told(instance, http, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    plain = instance.configuration.read_text()
    try:
        instance.configuration.write_text(f'{plain}\n[theme]\n{GOOD}\nlogo = "{logo}"\n')
        instance.reload("portal", "authorize", "launch")
        page = http.get(f"{instance.base}/portal/sign-in").text
        sheet = http.get(httpx.URL(instance.base).join(re.search(r'href="(/portal/style-\w+\.css)"', page)[1]))
        assert "--accent: #5b2a86" in sheet.text and "--accent: #c9a7ec" in sheet.text
        picture = http.get(httpx.URL(instance.base).join(re.search(r'src="(/portal/logo-\w+\.svg)"', page)[1]))
        assert picture.content == SVG and picture.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in picture.headers["content-security-policy"]
        launch = instance.cli(
            "launch", "create", "--user", "amara", "--client", "rounds-trusted", "--patient", "maja-oconnor"
        )
        assert launch["launch"].startswith("vst_lh_")
        with instance.database() as database:
            [context] = database.execute("SELECT context FROM launches ORDER BY created_at DESC LIMIT 1").fetchone()
        style = http.get(re.search(r'"smart_style_url":"([^"]+)"', context.replace("\\/", "/"))[1])
        assert style.json()["color_highlight"] == "#5b2a86"
        assert style.headers["access-control-allow-origin"] == "*"
    finally:
        instance.configuration.write_text(plain)
        instance.reload("portal", "authorize", "launch")
