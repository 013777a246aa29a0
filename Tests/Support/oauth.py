"""A SMART app and a person with a browser that runs no script: both know nothing of the server but what it says."""

import base64
import hashlib
import secrets
import time
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from keys import TYPE


def text(size=32):
    return secrets.token_urlsafe(size)


def challenge(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def refused(response, error="invalid_grant", status=400):
    """Whether an OAuth endpoint said this error as RFC 6749 §5.2 has it; anything else is a failure."""
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert response.json()["error_description"]
    assert response.headers["cache-control"] == "no-store" and response.headers["content-type"] == "application/json"
    return True


class Field:
    """An input of a form; a tick box counts only while it is ticked."""

    def __init__(self, attributes):
        self.id, self.name, self.value = (attributes.get(name, "") for name in ("id", "name", "value"))
        self.is_box = attributes.get("type") == "checkbox"
        self.is_sent = not self.is_box or "checked" in attributes
        self.label = ""


class Form:
    def __init__(self, attributes):
        self.action, self.method = attributes.get("action", ""), attributes.get("method", "get").lower()
        self.inputs, self.buttons, self.words = [], [], ""

    @property
    def fields(self):
        """What a browser would send."""
        return [(each.name, each.value) for each in self.inputs if each.is_sent]

    @property
    def boxes(self):
        """The tick boxes by what stands beside them."""
        return {" ".join(each.label.split()): each for each in self.inputs if each.is_box}

    def tick(self, *labels, only=False):
        """Ticks these boxes; with `only`, no others."""
        for label, box in self.boxes.items():
            box.is_sent = label in labels or box.is_sent and not only
        assert set(labels) <= self.boxes.keys(), f"{labels}: there are {list(self.boxes)}"

    def untick(self, *labels):
        for label in labels:
            self.boxes[label].is_sent = False

    def has(self, name):
        return any(each.name == name for each in self.inputs)


class Page(HTMLParser):
    """An answer as a person reads it: words, forms, links."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.status, self.url = answer, answer.status_code, str(answer.url)
        self.forms, self.links, self.tags, self.text, self.title = [], [], [], "", ""
        self._form = self._button = self._label = None
        self._in_title = False
        if "html" in answer.headers.get("content-type", ""):
            self.feed(answer.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag == "input" and self._form:
            self._form.inputs.append(Field(attributes))
        elif tag == "label" and self._form:
            self._label = next((each for each in self._form.inputs if each.id == attributes.get("for")), None)
        elif tag == "button" and self._form:
            self._button = attributes
            self._form.buttons.append((attributes.get("name"), attributes.get("value", "")))
        elif tag == "a":
            self.links.append(attributes.get("href"))
        self._in_title = tag == "title"

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "label":
            self._label = None
        self._in_title = False

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        else:
            self.text += f" {data}"
        if self._form:
            self._form.words += data
        if self._label:
            self._label.label += data

    def form(self, action, words=""):
        """The one form that leads there and says these words."""
        path = urlsplit(action).path
        found = [each for each in self.forms if each.action == path and words in " ".join(each.words.split())]
        assert len(found) == 1, f"{len(found)} forms to {action} ({words!r}) on {self.title!r}: {self.text[:400]}"
        return found[0]

    def has_form(self, action):
        return any(each.action == action for each in self.forms)


class Answer(dict):
    """What an authorization request came to: the parameters that the app is called back with."""

    def __init__(self, url):
        super().__init__(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))
        self.url = url


class Person:
    """A person and the browser: cookies, pages, forms, and redirects as far as this server."""

    def __init__(self, instance, username=None, password=None, keeps_cookies=True):
        self.instance, self.username, self.password = instance, username, password
        # As in a frame of another site: the browser neither keeps nor sends any.
        jar = None if keeps_cookies else CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = instance.http(cookies=jar)
        self.seen = []

    def close(self):
        self.http.close()

    def send(self, method, url, **options):
        """One request; waits where the web server asks for patience."""
        while True:
            answer = self.http.request(method, url, **options)
            # What our own pages say about guesses is an answer like any other.
            if answer.status_code != 429 or "Too many at once" not in answer.text:
                return answer
            time.sleep(int(answer.headers["retry-after"]))

    def follow(self, answer):
        """The page at the end of the redirects, or the Answer that leaves for an app."""
        for _ in range(10):
            if not answer.has_redirect_location:
                self.seen.append(Page(answer))
                return self.seen[-1]
            assert answer.status_code in (302, 303), answer.status_code
            url = urljoin(str(answer.url), answer.headers["location"])
            if not url.startswith(f"{self.instance.base}/"):
                return Answer(url)
            answer = self.send("GET", url)
        raise AssertionError("too many redirects")

    def open(self, url, **options):
        return self.follow(self.send("GET", urljoin(self.instance.base, url), **options))

    def post(self, url, fields, **headers):
        headers = {"origin": self.instance.base, "content-type": "application/x-www-form-urlencoded", **headers}
        return self.send("POST", urljoin(self.instance.base, url), content=urlencode(fields), headers=headers)

    def submit(self, form, button=None, **fields):
        """Presses a button of a form with some of its fields filled in."""
        pairs = [(name, fields.pop(name, value)) for name, value in form.fields]
        assert not fields, f"no such field: {fields}"
        if button:
            assert button in form.buttons, f"{button} is none of {form.buttons}"
            pairs.append(button)
        if form.method == "get":
            return self.open(f"{form.action}?{urlencode(pairs)}")
        return self.follow(self.post(form.action, pairs))

    def sign_in(self, page=None):
        page = page or self.open("/portal/sign-in")
        form = next(each for each in page.forms if each.action == "/portal/sign-in" and each.has("username"))
        return self.submit(form, username=self.username, password=self.password)

    def search(self, words, page=None):
        """Searches for patients on the portal, or on the picker if that is the page."""
        page = page or self.open("/portal")
        return self.submit(next(each for each in page.forms if each.has("q")), q=words)

    def authorize(self, request, patient="MRN-10042", decision="allow", encounter=None, ticks=None, unticked=()):
        """From an authorization request to its answer: signs in, picks, decides, in the order the pages come.

        - encounter: the visit to pick, where there is a choice; None goes on without one.
        - ticks: what the person leaves ticked, by its words; None for everything.
        - unticked: what begins with one of these values is not.
        """
        page = self.open(request.url)
        for _ in range(8):
            if isinstance(page, Answer):
                return page
            if page.has_form("/portal/consent"):
                form = page.form("/portal/consent")
                if ticks is not None:
                    form.tick(*ticks, only=True)
                for each in form.boxes.values():
                    each.is_sent = each.is_sent and not each.value.startswith(tuple(unticked))
                page = self.submit(form, button=("decision", decision))
            elif page.has_form("/portal/encounter"):
                page = self.visit(page, encounter)
            elif any(("confirm", "yes") in form.buttons for form in page.forms):
                form = next(form for form in page.forms if ("confirm", "yes") in form.buttons)
                page = self.submit(form, button=("confirm", "yes"))
            elif any(form.has("q") for form in page.forms):
                found = self.search(patient, page)
                page = self.submit(next(form for form in found.forms if form.has("patient")))
            elif page.has_form("/portal/sign-in"):
                page = self.sign_in(page)
            else:
                return page
        raise AssertionError(f"the pages lead in a circle: {page.title}")

    def choose(self, found):
        """The first of the patients found, confirmed as the one."""
        page = self.submit(next(form for form in found.forms if form.has("patient")))
        form = next(form for form in page.forms if ("confirm", "yes") in form.buttons)
        return self.submit(form, button=("confirm", "yes"))

    def visit(self, page, encounter=None):
        """Picks a visit on the page that asks for one, or none."""
        if not encounter:
            form = next(each for each in page.forms if ("none", "yes") in each.buttons)
            return self.submit(form, button=("none", "yes"))
        return self.submit(next(each for each in page.forms if ("encounter", encounter) in each.fields))


class Request:
    """An authorization request and what the app keeps beside it."""

    def __init__(self, app, changes):
        self.verifier, self.state, self.nonce = text(), text(), text()
        self.parameters = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "scope": "openid fhirUser launch/patient patient/*.rs",
            "state": self.state,
            "nonce": self.nonce,
            "aud": app.instance.fhir,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        self.parameters.update(changes)
        pairs = [(name, value) for name, value in self.parameters.items() if value is not None]
        self.query = urlencode(pairs, doseq=True)
        self.url = f"{app.discovered['authorization_endpoint']}?{self.query}"


class App:
    """A SMART app or a backend service: public, or confidential where it has a secret or a key."""

    def __init__(self, instance, client_id, redirect_uri, secret=None, key=None, posts_secret=False):
        self.instance, self.client_id, self.redirect_uri, self.secret = instance, client_id, redirect_uri, secret
        self.key, self.posts_secret = key, posts_secret
        self._discovered = None

    @property
    def discovered(self):
        if not self._discovered:
            with self.instance.http() as http:
                answer = http.get(f"{self.instance.fhir}/.well-known/smart-configuration")
            assert answer.status_code == 200, answer.text
            self._discovered = answer.json()
        return self._discovered

    def request(self, **changes):
        return Request(self, changes)

    def assertion(self, key=None, header=None, **claims):
        """A new proof of being this client; see ClientKey.assertion for the changes."""
        audience = claims.pop("aud", self.discovered["token_endpoint"])
        return (key or self.key).assertion(self.client_id, audience, header, **claims)

    def proof(self, assertion=None):
        return {"client_assertion_type": TYPE, "client_assertion": assertion or self.assertion()}

    def post(self, fields, endpoint="token_endpoint", **options):
        """A form to an endpoint, by its name in discovery or its address, as this client sends it."""
        if self.key and "auth" not in options:
            fields = {**self.proof(), **fields}
        elif self.posts_secret:
            fields = {"client_id": self.client_id, "client_secret": self.secret, **fields}
        elif self.secret:
            options.setdefault("auth", (self.client_id, self.secret))
        elif "auth" not in options:
            fields = {"client_id": self.client_id, **fields}
        with self.instance.http() as http:
            return http.post(self.discovered.get(endpoint, endpoint), data=fields, **options)

    def exchange(self, request, answer, **changes):
        fields = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self.redirect_uri,
            "code_verifier": request.verifier,
            **changes,
        }
        return self.post({name: value for name, value in fields.items() if value is not None})

    def tokens(self, person, patient="MRN-10042", ticks=None, encounter=None, **changes):
        """The whole flow, which has to work."""
        request = self.request(**changes)
        answer = person.authorize(request, patient, ticks=ticks, encounter=encounter)
        assert isinstance(answer, Answer), f"{answer.title}: {answer.text[:400]}"
        assert answer.get("state") == request.parameters["state"] and "code" in answer, dict(answer)
        response = self.exchange(request, answer)
        assert response.status_code == 200, response.text
        return {**response.json(), "request": request}

    def refresh(self, token, **fields):
        return self.post({"grant_type": "refresh_token", "refresh_token": token, **fields})

    def backend(self, scope, **fields):
        """What a backend service asks with (SMART backend-services#obtain-access-token)."""
        return self.post({"grant_type": "client_credentials", "scope": scope, **fields})

    def introspect(self, token, **options):
        return self.post({"token": token}, "introspection_endpoint", **options)

    def prepare(self, app, user, **context):
        """Prepares a launch, as an EHR does for a user whom it has signed in."""
        fields = {"user": user, "client": app.client_id, **context}
        return self.post(fields, f"{self.instance.base}/oauth2/launch")

    def revoke(self, token, **fields):
        return self.post({"token": token, **fields}, "revocation_endpoint")

    def fhir(self, token, path, method="GET", **options):
        """A FHIR request with an access token; an absolute URL is taken as it is."""
        headers = {"authorization": f"Bearer {token}", **options.pop("headers", {})}
        url = path if path.startswith("https:") else f"{self.instance.fhir}/{path}"
        with self.instance.http() as http:
            return http.request(method, url, headers=headers, **options)
