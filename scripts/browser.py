"""Walks through the sample portal in a real browser, as people would.

    browser.py PORTAL AXE CHROMIUM SCREENSHOTS

PORTAL is the program, AXE the file axe.min.js, CHROMIUM the browser, SCREENSHOTS a folder. Every service type is used from
beginning to end; every page is looked at by axe-core (WCAG 2.1 A and AA) in every language, and at a width of 320 pixels;
walks are by keyboard alone, and without JavaScript. Nothing here depends on how fast the machine is: what a page shows or has
the focus on is waited for. Ends with a line as cargo's tests have: `test result: ...`.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from checks import Checks
from playwright.sync_api import Locator, Page, TimeoutError, expect, sync_playwright

LANGUAGES = ["nb", "nn", "en"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
WIDE = {"width": 1100, "height": 800}
NARROW = {"width": 320, "height": 640}
# How long something that must come is waited for, in milliseconds.
PATIENCE = 60_000
NEXT_MONTH = (date.today() + timedelta(days=30)).isoformat()
MARKET = Path(__file__).parent.parent / "examples" / "apps" / "town-market"


# What has the focus: the label of a field, the id or the text of anything else.
FOCUSED = """(() => {
    const at = document.activeElement;
    const label = at.labels && at.labels.length && at.id.startsWith("f-") && at.labels[0].innerText;
    return (label || at.id || at.innerText).trim();
})()"""


class Portal:
    """The portal in a browser."""

    def __init__(self, browser, address: str, axe: str, folder: Path, checks: Checks):
        self.browser, self.address, self.axe, self.folder, self.checks = browser, address, axe, folder, checks

    def open(self, person: str = "", acts_for: str = "", **options) -> "Visit":
        """Somebody at a browser, logged in and acting for somebody, if so said."""
        options.setdefault("viewport", WIDE)
        context = self.browser.new_context(accept_downloads=True, **options)
        visit = Visit(self, context.new_page(), person, acts_for)
        if person:
            visit.log_in()
        return visit


class Visit:
    """One person's visit."""

    def __init__(self, portal: Portal, page: Page, person: str, acts_for: str):
        self.portal, self.page, self.person, self.acts_for = portal, page, person, acts_for
        page.set_default_timeout(PATIENCE)

    def log_in(self):
        self.go("/login")
        self.follow(self.page.get_by_role("link", name="(4)"))
        self.follow(self.page.get_by_role("button", name=self.person))
        if self.acts_for:
            self.go("/parties")
            self.follow(self.page.get_by_role("button", name=self.acts_for))
            expect(self.page.get_by_text(self.acts_for).first).to_be_visible()

    def go(self, path: str):
        self.page.goto(self.portal.address + path)

    def follow(self, element: Locator):
        """Clicks on what leads to another page, and waits until it is there."""
        with self.page.expect_navigation():
            element.click()

    def press(self, name: str):
        self.follow(self.page.get_by_role("button", name=name, exact=True))

    def look(self, name: str, again: bool = True):
        """Looks at the page that is shown; `again`: at the page of its address in the other languages too, as it is now. What
        was filled in there and not sent is gone then."""
        self.examine(name)
        if not again:
            return
        path = self.page.url.removeprefix(self.portal.address)
        for language in LANGUAGES[1:]:
            self.go(f"/language/{language}?to=/")
            self.go(path)
            found = self.page.locator("html").get_attribute("lang")
            self.portal.checks.that(f"{name} is in {language}", found == language)
            self.examine(f"{name}-{language}")
        self.go("/language/nb?to=/")
        self.go(path)

    def examine(self, name: str):
        """What holds for every page."""
        checks, page = self.portal.checks, self.page
        page.evaluate(self.portal.axe)
        found = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
        said = "; ".join(f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found)
        checks.that(f"{name}: axe finds nothing", not found, said)
        checks.that(f"{name}: one main heading", page.locator("h1").count() == 1)
        # The dialog of a file and the like are the browser's own.
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        page.screenshot(path=self.portal.folder / f"{name}.png", full_page=True)
        size = page.viewport_size
        page.set_viewport_size(NARROW)
        checks.that(f"{name}: no scrolling sideways at 320 pixels", not page.evaluate(wider))
        page.screenshot(path=self.portal.folder / f"{name}-320.png", full_page=True)
        page.set_viewport_size(size)

    def has(self, text: str):
        expect(self.page.get_by_text(text).first).to_be_visible()

    def focuses(self, element: Locator) -> bool:
        """Whether an element has the focus: what a page asks for with `autofocus` comes with its first frame."""
        try:
            expect(element).to_be_focused()
        except AssertionError:
            return False
        return True

    def focus_is(self, text: str) -> bool:
        """Whether what has the focus is called so, or has it in what it is called."""
        try:
            self.page.wait_for_function(f"(text) => {FOCUSED}.includes(text)", arg=text)
        except TimeoutError:
            return False
        return True

    def number_in(self, selector: str) -> str:
        return re.search(r"\d{3} \d{3} \d{3}", self.page.inner_text(selector)).group(0)


# --- what people do -----------------------------------------------------------------------------------------------


def visit_without_login(portal: Portal):
    visit = portal.open()
    for name, path in [("front", "/"), ("login", "/login"), ("sent-nothing", "/sent")]:
        visit.go(path)
        visit.look(name)
    visit.go("/nowhere")
    visit.look("missing")
    visit.go("/lookup")
    portal.checks.that("a page for members leads to the login", "/login?to=/lookup" in visit.page.url)
    visit.go("/language/nn?to=//elsewhere.example")
    portal.checks.that("nobody is sent elsewhere", visit.page.url == portal.address + "/")


def work_out_a_price(portal: Portal):
    """A service that is open to anyone, filled in by nobody in particular."""
    for has_javascript in [True, False]:
        visit = portal.open(java_script_enabled=has_javascript)
        page = visit.page
        visit.go("/")
        visit.follow(page.get_by_role("main").get_by_role("link", name="Hva koster en bod på torget?"))
        if has_javascript:
            visit.look("fee")
        page.get_by_label("Hvor mange meter?").fill("40")
        page.get_by_label("Hvilken dag?").fill("2020-01-01")
        visit.press("Regn ut")
        visit.has("Dette må rettes")
        visit.has("Datoen kan ikke være før")
        if has_javascript:
            summary = page.locator(".ds-error-summary")
            portal.checks.that("what is wrong with a price has the focus", visit.focuses(summary))
            visit.look("fee-wrong", again=False)
        page.get_by_label("Hvor mange meter?").fill("4")
        page.get_by_label("Hvilken dag?").fill("")
        page.get_by_label("Ja", exact=True).check()
        visit.press("Regn ut")
        visit.has("800 kroner")
        if has_javascript:
            visit.look("fee-answer", again=False)


def order_a_stall(portal: Portal):
    """What was worked out and is kept nowhere goes along into an order, for those who have logged in."""
    guest = portal.open()
    work_out(guest)
    guest.press("Bestill denne boden")
    guest.has("Du må logge inn på nytt")
    accountant = portal.open("Ola Tall", "Nordlys Bakeri AS")
    work_out(accountant)
    accountant.press("Bestill denne boden")
    accountant.has("Du har ikke tilgang")
    for has_javascript in [True, False]:
        visit = portal.open("Kari Bakke", "Nordlys Bakeri AS", java_script_enabled=has_javascript)
        work_out(visit)
        page = visit.page
        page.get_by_label("Hvor mange meter?").fill("40")
        visit.press("Bestill denne boden")
        visit.has("Dette må rettes")
        page.get_by_label("Hvor mange meter?").fill("5")
        page.get_by_label("Hvilken dag?").fill(NEXT_MONTH)
        visit.press("Regn ut")
        visit.press("Bestill denne boden")
        expect(page.get_by_label("Hvor mange meter?")).to_have_value("5")
        expect(page.get_by_label("Hvilken dag?")).to_have_value(NEXT_MONTH)
        expect(page.get_by_label("Ja", exact=True)).to_be_checked()
        visit.has("950")
        if has_javascript:
            visit.look("order")
        page.get_by_label("Hvem kan vi ringe til?").fill("Kari Bakke")
        visit.press("Send bestillingen")
        visit.has("Innsendingen er mottatt")


def work_out(visit: Visit):
    visit.go("/forms/ttd/stall-fee")
    visit.page.get_by_label("Hvor mange meter?").fill("4")
    visit.page.get_by_label("Ja", exact=True).check()
    visit.press("Regn ut")
    visit.has("800 kroner")


def send_a_form(portal: Portal):
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/")
    visit.follow(visit.page.get_by_role("main").get_by_role("link", name="Søknad om godkjenning av bakeri"))
    visit.look("form-start")
    visit.press("Begynn")
    visit.look("form-business")
    address = visit.page.url
    fill_in_business(visit)
    visit.press("Neste")
    visit.look("form-food")
    draft = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    draft.page.goto(address)
    portal.checks.that("a draft is kept", draft.page.get_by_label("Gateadresse").input_value() == "Bakergata 1")
    attach_a_plan(visit)
    visit.page.get_by_label("Brød", exact=True).check()
    visit.press("Neste")
    visit.press("Send til signering")
    visit.look("form-wrong", again=False)
    summary = visit.page.locator(".ds-error-summary")
    portal.checks.that("what is wrong with a form has the focus", visit.focuses(summary))
    summary.get_by_role("link").first.click()
    fill_in_food(visit)
    visit.press("Neste")
    visit.look("form-review")
    visit.press("Send til signering")
    visit.has("Signer søknaden")
    visit.look("form-sign", again=False)
    accountant = portal.open("Ola Tall", "Nordlys Bakeri AS")
    accountant.page.goto(address)
    accountant.has("Du har ikke tilgang")
    accountant.look("form-denied", again=False)
    visit.press("Signer")
    visit.has("Innsendingen er mottatt")
    visit.look("form-receipt")
    visit.follow(visit.page.get_by_role("link", name="Se beviset i arkivet"))
    visit.has("Beviset stemmer")
    visit.look("form-proof")


def attach_a_plan(visit: Visit):
    """A file is sent, read, taken away and sent again; one of another kind is refused."""
    checks, page = visit.portal.checks, visit.page
    page.get_by_label("Merknader").fill("Skrevet før filen")
    plan = b"%PDF-1.4\n% a plan of the floor\n"
    send_plan(visit, "plan.pdf", "application/pdf", plan)
    visit.has("plan.pdf")
    expect(page.get_by_label("Merknader")).to_have_value("Skrevet før filen")
    visit.look("form-attachment")
    with page.expect_download() as download:
        page.get_by_role("link", name="plan.pdf").click()
    checks.that("an attachment is read as it was sent", Path(download.value.path()).read_bytes() == plan)
    visit.press("Slett plan.pdf")
    expect(page.get_by_text("plan.pdf")).to_have_count(0)
    send_plan(visit, "plan.exe", "application/x-msdownload", b"MZ")
    checks.that("a file that is not taken is told of", visit.focuses(page.locator(".ds-error-summary")))
    visit.look("form-attachment-wrong", again=False)
    send_plan(visit, "plan.pdf", "application/pdf", plan)
    visit.has("plan.pdf")


def send_plan(visit: Visit, name: str, kind: str, content: bytes):
    file = {"name": name, "mimeType": kind, "buffer": content}
    visit.page.locator("input[type=file]").set_input_files(file)
    visit.press("Last opp Plantegning")


def fill_in_business(visit: Visit):
    page = visit.page
    page.get_by_label("Organisasjonsnummer").fill("389752584")
    page.get_by_label("Virksomhetens navn").fill("Nordlys Bakeri AS")
    page.get_by_label("E-postadresse").fill("post@bakeri.example")
    page.get_by_label("Gateadresse").fill("Bakergata 1")
    page.get_by_label("Postnummer").fill("5003")
    page.get_by_label("Poststed").fill("Bergen")
    page.get_by_label("Areal i kvadratmeter").fill("120")
    page.get_by_label("Når åpner bakeriet?").fill("2027-03-01")


def fill_in_food(visit: Visit):
    page = visit.page
    if not page.get_by_label("Navn", exact=True).count():
        visit.press("Legg til en ansatt")
    page.get_by_label("Navn", exact=True).fill("Kari Bakke")
    page.get_by_label("Arbeid").select_option(label="Baker")
    page.get_by_label("Ja", exact=True).first.check()
    page.get_by_label("Ja, planen").check()


def look_up(portal: Portal):
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/parties")
    visit.look("parties")
    number = visit.number_in("main")
    visit.go("/lookup")
    visit.look("lookup")
    visit.press("Slå opp")
    portal.checks.that("what is wrong has the focus", visit.focuses(visit.page.locator(".alert.danger")))
    visit.look("lookup-wrong", again=False)
    visit.page.get_by_role("link", name="Skriv organisasjonsnummeret").click()
    expect(visit.page).to_have_url(re.compile("#number$"))
    visit.page.get_by_label("Organisasjonsnummer").fill(number)
    visit.page.get_by_label("Hvorfor spør du?").fill("ny kunde")
    visit.press("Slå opp")
    visit.has("Aksjeselskap")
    visit.look("lookup-answer", again=False)
    visit.follow(visit.page.get_by_role("main").get_by_role("link", name="Hvem har sett"))
    visit.has("ny kunde")
    visit.look("trail")
    stranger = portal.open("Nora Nabo")
    stranger.go("/lookup")
    stranger.page.get_by_label("Organisasjonsnummer").fill(number)
    stranger.page.get_by_label("Hvorfor spør du?").fill("nysgjerrig")
    stranger.press("Slå opp")
    stranger.has("Du har ikke tilgang")
    stranger.look("denied", again=False)
    visit.go("/lookup/trail")
    visit.has("Avslått")
    visit.has("hadde ikke tilgang")
    visit.look("trail-refused", again=False)


def follow_link(portal: Portal):
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/link")
    visit.look("link")
    visit.press("Gå videre")
    visit.look("onward", again=False)
    page = visit.page
    field, action = page.locator("main form input"), page.locator("main form").get_attribute("action")
    hand_over = {field.get_attribute("name"): field.get_attribute("value")}
    visit.follow(page.locator("main form button"))
    visit.has("Velkommen")
    visit.look("target", again=False)
    again = page.request.post(action, form=hand_over)
    portal.checks.that("a hand-over is used once", again.status == 403 and "brukt før" in again.text())


def transfer_a_file(portal: Portal):
    visit = portal.open("Ola Tall", "Nordlys Bakeri AS")
    visit.go("/files")
    visit.look("files-none")
    # With JavaScript what is wrong comes into the page that is there.
    visit.page.get_by_role("button", name="Send filen", exact=True).click()
    visit.has("Rett dette")
    visit.look("files-wrong", again=False)
    content = os.urandom(3_000_000)
    send_file(visit, content)
    visit.has("Klar til nedlasting")
    visit.look("file-sent")
    address = visit.page.url
    bank = portal.open("Per Fjord", "Fjordbanken ASA")
    bank.go("/files")
    bank.follow(bank.page.get_by_role("link", name="regnskap.zip"))
    bank.look("file-received")
    with bank.page.expect_download() as download:
        bank.page.get_by_role("link", name="Last ned").click()
    received = Path(download.value.path()).read_bytes()
    portal.checks.that("the file arrives as it was", received == content)
    bank.page.reload()
    bank.press("Bekreft at filen er mottatt")
    bank.has("Bekreftet av alle")
    stranger = portal.open("Nora Nabo")
    stranger.page.goto(address)
    stranger.has("Du har ikke tilgang")


def send_file(visit: Visit, content: bytes):
    visit.page.get_by_label("Organisasjonsnummeret til mottakeren").fill(visit.number_in("#recipient-hint"))
    file = {"name": "regnskap.zip", "mimeType": "application/zip", "buffer": content}
    visit.page.get_by_label("Fil", exact=True).set_input_files(file)
    visit.press("Send filen")
    visit.page.wait_for_url("**/files/*")


def go_on_with_a_file(portal: Portal):
    """An upload breaks off in the middle; the same file is chosen again, and only the rest of it is sent."""
    visit = portal.open("Ola Tall", "Nordlys Bakeri AS")
    visit.go("/files")
    content = os.urandom(2_000_000)
    with send_half(visit, content):
        eventually(visit, "/files", "halvveis.zip")
    visit.follow(visit.page.get_by_role("link", name="halvveis.zip"))
    visit.has("Filen er ikke kommet helt fram")
    visit.look("file-broken-off")
    file = {"name": "halvveis.zip", "mimeType": "application/zip", "buffer": content}
    visit.page.get_by_label("Fil", exact=True).set_input_files(file)
    # The rest is sent from the page that is there, which says then that the file has arrived.
    visit.page.get_by_role("button", name="Fortsett", exact=True).click()
    visit.has("Klar til nedlasting")
    bank = portal.open("Per Fjord", "Fjordbanken ASA")
    bank.go("/files")
    bank.follow(bank.page.get_by_role("link", name="halvveis.zip"))
    with bank.page.expect_download() as download:
        bank.page.get_by_role("link", name="Last ned").click()
    received = Path(download.value.path()).read_bytes()
    portal.checks.that("a file that broke off arrives as it was", received == content)


def send_half(visit: Visit, content: bytes) -> socket.socket:
    """Sends the form of a file as the browser would, up to the middle of the file."""
    page, address = visit.page, visit.portal.address
    fields = {
        "form_token": page.locator("main [name=form_token]").first.get_attribute("value"),
        "recipient": visit.number_in("#recipient-hint"),
    }
    part = '--half\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    before = "".join(part.format(name, value) for name, value in fields.items())
    before += '--half\r\nContent-Disposition: form-data; name="file"; filename="halvveis.zip"\r\n'
    before += "Content-Type: application/zip\r\n\r\n"
    whole = before.encode() + content + b"\r\n--half--\r\n"
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    host = address.removeprefix("http://")
    head = (
        f"POST /files HTTP/1.1\r\nHost: {host}\r\nOrigin: {address}\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary=half\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    name, port = host.split(":")
    connection = socket.create_connection((name, int(port)))
    connection.sendall(head.encode() + whole[: len(before) + len(content) // 2])
    return connection


def report_a_place(portal: Portal):
    """What does not go on by itself is seen by the agency, who sees to it."""
    nora = portal.open("Nora Nabo")
    nora.go("/forms/ttd/food-tip")
    nora.press("Begynn")
    address = nora.page.url
    nora.look("tip")
    nora.page.get_by_label("Hva heter stedet?").fill("Kafé Bortenfor")
    nora.page.get_by_label("Hva så du?").fill("Ingen vasket hendene.")
    nora.press("Send tipset")
    nora.has("Vi arbeider med saken")
    nora.look("tip-waits", again=False)
    agency = portal.open("Ingrid Sak", "Mattilsynet (eksempel)")
    agency.go("/agency")
    agency.page.get_by_label("Mottaker", exact=True).fill("Per Fjord")
    agency.page.get_by_label("Overskrift på vedtaket").fill("Vedtak om tilsyn")
    agency.page.get_by_label("Teksten i vedtaket").fill("Vi kommer på tilsyn.")
    agency.press("Send vedtaket")
    agency.has("Vedtaket er sendt")
    eventually(agency, "/agency", "per@unclear.example")
    eventually(agency, "/agency", "the case system does not know the place")
    agency.look("agency-stuck")
    stuck = agency.page.locator("section", has=agency.page.get_by_role("heading", name="Skjemaer som står fast"))
    agency.follow(stuck.get_by_role("button", name="Prøv igjen"))
    eventually(agency, "/agency", "Ingen står fast.")
    nora.page.goto(address)
    nora.has("Innsendingen er mottatt")


def read_a_letter(portal: Portal):
    agency = portal.open("Ingrid Sak", "Mattilsynet (eksempel)")
    agency.go("/agency")
    agency.look("agency-quiet")
    agency.press("Send vedtaket")
    agency.look("agency-wrong", again=False)
    agency.page.get_by_label("Mottaker", exact=True).fill(agency.number_in("#recipient-hint"))
    agency.page.get_by_label("Overskrift på vedtaket").fill("Vedtak om løyve")
    agency.page.get_by_label("Teksten i vedtaket").fill("Søknaden er **innvilget**.\n\n- Gjelder fra i dag")
    agency.press("Send vedtaket")
    agency.has("Vedtaket er sendt")
    baker = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    eventually(baker, "/inbox", "Vedtak om løyve")
    baker.look("inbox")
    baker.follow(baker.page.get_by_role("link", name="Vedtak om løyve"))
    baker.look("letter")
    letter = baker.page.url
    baker.press("Bekreft at jeg har lest dette")
    baker.has("Du har bekreftet")
    eventually(baker, "/sent", "post@bakeri.example")
    baker.look("sent")
    ask_for_access(portal, baker, letter)
    forward_a_letter(agency, baker)


def ask_for_access(portal: Portal, baker: Visit, letter: str):
    """Whoever is refused asks for it, and whoever manages access gives it."""
    accountant = portal.open("Ola Tall", "Nordlys Bakeri AS")
    accountant.page.goto(letter)
    accountant.look("refused-with-remedy", again=False)
    accountant.press("Be om tilgang")
    accountant.has("Venter på svar")
    accountant.look("access-asked")
    baker.go("/access")
    baker.look("access-to-answer")
    baker.follow(baker.page.get_by_role("button", name="Gi tilgang til Ola Tall"))
    accountant.page.goto(letter)
    accountant.has("Vedtak om løyve")
    baker.follow(baker.page.get_by_role("button", name="Ta tilbake"))
    baker.has("Ingen har fått noe")
    accountant.page.goto(letter)
    accountant.has("Du har ikke tilgang")


def forward_a_letter(agency: Visit, baker: Visit):
    agency.go("/agency")
    agency.page.get_by_label("Mottaker", exact=True).fill(agency.number_in("#recipient-hint"))
    agency.page.get_by_label("Overskrift på vedtaket").fill("Rundskriv om hygiene")
    agency.page.get_by_label("Teksten i vedtaket").fill("Vask hendene.")
    agency.page.get_by_label("Mottakeren kan videresende det").check()
    agency.press("Send vedtaket")
    agency.has("Vedtaket er sendt")
    eventually(baker, "/inbox", "Rundskriv om hygiene")
    baker.follow(baker.page.get_by_role("link", name="Rundskriv om hygiene"))
    baker.look("letter-to-forward")
    baker.press("Videresend")
    baker.look("letter-forward-wrong", again=False)
    baker.page.get_by_label("E-postadresse").fill("ola@tall.example")
    baker.page.get_by_label("Melding til mottakeren").fill("Kan du se på dette?")
    baker.press("Videresend")
    baker.has("Brevet er på vei til ola@tall.example")
    baker.page.get_by_label("E-postadresse").fill("ola@tall.example")
    baker.press("Videresend")
    baker.has("videresendt til denne adressen før")


def eventually(visit: Visit, path: str, text: str):
    """Asks again until workers have done what they do; what does not come fails."""
    for _ in range(100):
        visit.go(path)
        if visit.page.get_by_text(text).count():
            return
        visit.page.wait_for_timeout(100)
    raise AssertionError(f"{text!r} does not come at {path}")


def work_on_a_case(portal: Portal):
    baker = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    baker.go("/cases")
    baker.look("cases-none")
    baker.press("Start en ny sak for Nordlys Bakeri AS")
    baker.has("Søker")
    address = baker.page.url.removeprefix(portal.address)
    baker.page.get_by_label("Overskrift").fill("Når kommer dere?")
    baker.page.get_by_label("Melding", exact=True).fill("Vi er klare fra mandag.")
    baker.press("Send melding")
    baker.has("Vi er klare fra mandag.")
    baker.look("case")
    agency = portal.open("Ingrid Sak", "Mattilsynet (eksempel)")
    agency.go(address)
    agency.has("Vi er klare fra mandag.")
    agency.look("case-agency")
    agency.press("Send melding")
    agency.has("Rett dette")
    agency.look("case-wrong", again=False)
    baker.go(address)
    baker.press("Trekk saken")
    baker.has("Saken står nå her: Avsluttet")
    baker.look("case-closed", again=False)
    baker.go("/cases")
    baker.look("cases")


def give_access(portal: Portal):
    kari = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    kari.go("/access")
    kari.look("access-none")
    kari.follow(kari.page.get_by_role("main").get_by_role("link", name="Oppslag i Enhetsregisteret"))
    kari.look("give")
    kari.press("Gi tilgang")
    kari.look("give-wrong", again=False)
    kari.page.get_by_label("Hvem skal få tilgang?").fill("Nora Nabo")
    kari.page.get_by_label("Lese").check()
    kari.press("Gi tilgang")
    kari.has("Nora Nabo")
    kari.look("access")
    nora = portal.open("Nora Nabo", "Nordlys Bakeri AS")
    nora.go("/lookup")
    nora.page.get_by_label("Organisasjonsnummer").fill("999999999")
    nora.page.get_by_label("Hvorfor spør du?").fill("på oppdrag")
    nora.press("Slå opp")
    nora.has("Registeret kjenner ingen")
    kari.follow(kari.page.get_by_role("button", name="Ta tilbake"))
    kari.has("Ingen har fått noe")
    nora.press("Slå opp")
    nora.has("Du har ikke tilgang")


def read_the_archive(portal: Portal):
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/archive")
    visit.look("archive")
    visit.follow(visit.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first)
    visit.has("Beviset stemmer")
    visit.look("proof")
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name="Last ned kvitteringen").click()
    receipt = json.loads(Path(download.value.path()).read_text())
    portal.checks.that("a receipt is downloaded", bool(receipt), str(list(receipt)))
    address = visit.page.url
    stranger = portal.open("Nora Nabo")
    stranger.page.goto(address)
    stranger.has("Vi finner ikke dette")


def go_back_in_time(portal: Portal):
    """More lines than a page has: links lead to the older ones, and back to the latest."""
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/parties")
    number = visit.number_in("main")
    visit.go("/lookup")
    visit.page.get_by_label("Organisasjonsnummer").fill(number)
    visit.page.get_by_label("Hvorfor spør du?").fill("mange ganger")
    send_often(visit, "/lookup", 101)
    eventually(visit, "/lookup/trail", "Vis eldre")
    turn_back(visit, "trail")
    agency = portal.open("Ingrid Sak", "Mattilsynet (eksempel)")
    agency.go("/agency")
    agency.page.get_by_label("Mottaker", exact=True).fill(agency.number_in("#recipient-hint"))
    agency.page.get_by_label("Overskrift på vedtaket").fill("Vedtak om løyve")
    agency.page.get_by_label("Teksten i vedtaket").fill("Søknaden er innvilget.")
    send_often(agency, "/agency", 51)
    eventually(agency, "/agency", "Vis eldre")
    turn_back(agency, "agency")


def send_often(visit: Visit, to: str, times: int):
    """Sends the form of a page again and again, each time as one that was not sent before."""
    sent = visit.page.evaluate(
        """async ([to, times]) => {
            const form = document.querySelector(`form[action="${to}"]`);
            let sent = 0;
            for (let time = 0; time < times; time++) {
                const fields = new URLSearchParams(new FormData(form));
                if (fields.has("key")) fields.set("key", crypto.randomUUID());
                const answer = await fetch(to, {method: "POST", body: fields});
                sent += answer.ok ? 1 : 0;
            }
            return sent;
        }""",
        [to, times],
    )
    visit.portal.checks.that(f"{to} is sent {times} times", sent == times, str(sent))


def turn_back(visit: Visit, name: str):
    """To the older lines, and back."""
    page, checks = visit.page, visit.portal.checks
    visit.follow(page.get_by_role("link", name="Vis eldre"))
    checks.that(f"the older page of {name} has lines", page.locator("main tbody tr").count() > 0)
    visit.look(f"{name}-older")
    visit.follow(page.get_by_role("link", name="Vis de nyeste"))
    checks.that(f"{name} leads back to the latest", page.get_by_role("link", name="Vis de nyeste").count() == 0)


def keyboard_alone(portal: Portal):
    """A lookup without a pointer: from the top of the front page to the answer."""
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/")
    keys = visit.page.keyboard
    keys.press("Tab")
    portal.checks.that("the first stop skips to the content", visit.focus_is("Hopp til innholdet"))
    tab_to(visit, "Oppslag i Enhetsregisteret")
    keys.press("Enter")
    visit.page.wait_for_url("**/lookup")
    tab_to(visit, "number")
    keys.type("999999999")
    keys.press("Tab")
    keys.type("prøve")
    keys.press("Enter")
    visit.has("Registeret kjenner ingen")
    portal.checks.that("the summary has the focus", visit.focus_is("Rett dette"))
    keys.press("Tab")
    keys.press("Enter")
    portal.checks.that("the link leads into the field", visit.focus_is("number"))


def a_form_by_keyboard_alone(portal: Portal):
    """A whole submission without a pointer: begun, filled in, put right, signed, received."""
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS", locale="en-US")
    visit.go("/")
    keys = visit.page.keyboard
    press_by_key(visit, "Søknad om godkjenning av bakeri")
    press_by_key(visit, "Begynn")
    for label, text in [
        ("Organisasjonsnummer", "389752584"),
        ("Virksomhetens navn", "Nordlys Bakeri AS"),
        ("E-postadresse", "ingen adresse"),
        ("Gateadresse", "Bakergata 1"),
        ("Postnummer", "5003"),
        ("Poststed", "Bergen"),
        ("Areal i kvadratmeter", "120"),
        ("Når åpner bakeriet?", "03012027"),
    ]:
        tab_to(visit, label)
        keys.type(text)
    press_by_key(visit, "Neste")
    tab_to(visit, "Brød")
    keys.press("Space")
    press_by_key(visit, "Legg til en ansatt")
    tab_to(visit, "Navn")
    keys.type("Kari Bakke")
    tab_to(visit, "Arbeid")
    keys.type("Baker")
    for answer in ["Ja", "Ja, planen er laget og tatt i bruk"]:
        tab_to(visit, answer)
        keys.press("Space")
    press_by_key(visit, "Neste")
    press_by_key(visit, "Send til signering")
    visit.has("Dette må rettes")
    portal.checks.that("the summary of a form has the focus", visit.focus_is("errors"))
    keys.press("Tab")
    keys.press("Enter")
    portal.checks.that("an error of a form leads into its field", visit.focus_is("E-postadresse"))
    keys.press("ControlOrMeta+A")
    keys.type("post@bakeri.example")
    press_by_key(visit, "Neste")
    press_by_key(visit, "Neste")
    press_by_key(visit, "Send til signering")
    press_by_key(visit, "Signer")
    visit.has("Innsendingen er mottatt")
    portal.checks.that("the receipt has the focus", visit.focus_is("Innsendingen er mottatt"))


def press_by_key(visit: Visit, name: str):
    tab_to(visit, name)
    before = visit.page.url
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")
    visit.portal.checks.that(f"{name} is pressed from {before}", True)


def tab_to(visit: Visit, what: str):
    seen = []
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        seen.append(visit.page.evaluate(FOCUSED))
        outline = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if outline == "none":
            raise AssertionError(f"the focus cannot be seen at {seen[-1]!r}")
        if seen[-1] == what or seen[-1].startswith(f"{what} ("):
            return
    raise AssertionError(f"{what!r} cannot be reached by the keyboard: {seen}")


def without_javascript(portal: Portal):
    visit = portal.open("Ola Tall", "Nordlys Bakeri AS", java_script_enabled=False)
    visit.go("/files")
    send_file(visit, b"without JavaScript")
    visit.has("Klar til nedlasting")
    visit.go("/lookup")
    visit.press("Slå opp")
    visit.has("Rett dette")


def apply_for_a_place(portal: Portal, **options):
    """A form of what Altinn's layouts have beside fields: forms below it, HTML of its own, pages that are checked, a step
    without pages. It is looked at where there is JavaScript to look with."""
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS", **options)
    page = visit.page
    has_javascript = options.get("java_script_enabled", True)
    look = visit.look if has_javascript else lambda *_, **__: None
    visit.go("/forms/ttd/town-market")
    visit.press("Begynn")
    expect(page.get_by_label("Lørdag")).to_be_checked()
    what_is_in_the_frame(visit)
    look("market")
    visit.press("Neste")
    portal.checks.that("a page that is checked is not left", visit.focuses(page.locator(".ds-error-summary")))
    look("market-wrong", again=False)
    page.get_by_label("Virksomhetens navn").fill("Nordlys Bakeri AS")
    page.get_by_role("group", name="Skal dere selge mat?").get_by_label("Ja").check()
    visit.press("Legg til en som står i boden")
    page.get_by_label("Navn", exact=True).fill("Kari Bakke")
    page.get_by_role("group", name="Er under 18 år").get_by_label("Nei").check()
    too_early_and_too_late(visit, look)
    visit.press("Neste")
    visit.has("Nordlys Bakeri AS må være godkjent av Mattilsynet.")
    look("market-food")
    page.get_by_label("Nummeret på godkjenningen").fill("NO-17")
    visit.press("Neste")
    look("market-stalls-none")
    visit.press("Legg til en bod")
    look("market-stall")
    page.get_by_label("Varer").fill("Brød og kaker")
    page.get_by_label("Meter").fill("3")
    visit.press("Neste")
    page.get_by_label("Ja", exact=True).check()
    visit.press("Boden er ferdig")
    visit.has("Dette må rettes")
    look("market-stall-wrong", again=False)
    page.get_by_label("Watt").fill("2000")
    visit.press("Boden er ferdig")
    expect(page.get_by_role("cell", name="Brød og kaker")).to_be_visible()
    look("market-stalls")
    draw_a_place(visit)
    say_what_a_file_is(visit, look)
    visit.press("Neste")
    visit.has("plan.pdf (Plassering)")
    look("market-review")
    read_a_draft(visit, look)
    visit.press("Send søknaden")
    draw_it_right(visit, look)
    visit.press("Neste")
    visit.press("Send søknaden")
    visit.has("Legg ved det som trengs, og gå videre.")
    look("market-insurance")
    proof = {"name": "bevis.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n% insured\n"}
    page.locator("input[type=file]").set_input_files(proof)
    # A file that was chosen goes along with any button.
    visit.press("Send inn")
    visit.has("Innsendingen er mottatt")
    visit.has("bevis.pdf")
    look("market-receipt")


def draw_a_place(visit: Visit):
    """What is drawn, and what is asked for in a window and by a web component in Altinn's front end, is written."""
    page = visit.page
    visit.press("Legg til Geometri")
    page.get_by_label("Koordinater").fill("POINT(262000 6649000)")
    visit.press("Legg til Biler på torget")
    page.get_by_label("Registreringsnummer").fill("EB 12345")
    page.get_by_role("group", name="Elbil").get_by_label("Ja").check()
    page.get_by_label("Fargen på seilduken").fill("Gul")


def draw_it_right(visit: Visit, look):
    """A place that is not on the earth is told of, and put right."""
    page = visit.page
    visit.has("Skriv lengdegraden først, fra -180 til 180")
    summary = page.locator(".ds-error-summary")
    visit.portal.checks.that("a wrong place has the focus", visit.focuses(summary))
    look("market-map-wrong", again=False)
    summary.get_by_role("link", name="Koordinater").click()
    visit.portal.checks.that("its line leads to it", visit.focuses(page.get_by_label("Koordinater")))
    page.get_by_label("Koordinater").fill("POLYGON ((5.325 60.394, 5.326 60.394, 5.326 60.395, 5.325 60.394))")
    visit.press("Legg til Geometri")
    visit.has("Flate med 3 hjørner: 60,394° N 5,325° Ø;")
    look("market-map")
    visit.press("Slett Geometri 2")
    expect(page.get_by_label("Koordinater")).to_have_count(1)
    expect(page.get_by_label("Fargen på seilduken")).to_have_value("Gul")


def read_a_draft(visit: Visit, look):
    """What is filled in so far, as a document that says that it is a draft."""
    page, checks = visit.page, visit.portal.checks
    visit.press("Lag utkast som PDF")
    ready = page.get_by_role("region", name="Utkastet er klart.")
    checks.that("that a draft is ready has the focus", visit.focuses(ready))
    look("market-draft")
    with page.expect_download() as download:
        page.get_by_role("link", name="Last ned utkastet (PDF)").click()
    kept = visit.portal.folder / "draft.pdf"
    download.value.save_as(kept)
    checks.that("a draft is a PDF", kept.read_bytes().startswith(b"%PDF-"))


def too_early_and_too_late(visit: Visit, look):
    """A time and a date outside of their limits are told of where they stand, and put right."""
    page = visit.page
    page.get_by_label("Når kommer dere?").fill("06:00")
    page.get_by_label("Forsikret til og med").fill("2020-01-01")
    visit.press("Neste")
    visit.has("Klokkeslettet kan ikke være før 07:00.")
    visit.has("Datoen kan ikke være før")
    look("market-limits", again=False)
    page.get_by_label("Når kommer dere?").fill("07:30")
    page.get_by_label("Forsikret til og med").fill("2099-12-31")


def say_what_a_file_is(visit: Visit, look):
    """The page is not left before somebody has said what a file on it is."""
    page = visit.page
    plan = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n% a plan\n"}
    page.locator("input[type=file]").set_input_files(plan)
    visit.press("Last opp Plan for plassen")
    visit.has("plan.pdf")
    visit.press("Neste")
    visit.has("Velg hva slags fil det er.")
    visit.portal.checks.that("an untagged file has the focus", visit.focuses(page.locator(".ds-error-summary")))
    look("market-plan-wrong", again=False)
    page.get_by_label("Hva viser filen?: plan.pdf").select_option(label="Plassering")


def what_is_in_the_frame(visit: Visit):
    """HTML of the app's own is shown, and nothing in it runs."""
    frame = visit.page.locator("iframe.altinn-frame")
    expect(frame).to_be_visible()
    visit.portal.checks.that("a frame has a name", bool(frame.get_attribute("title")))
    expect(visit.page.frame_locator("iframe.altinn-frame").locator("body")).to_contain_text("Bodene settes opp")


def apply_without_javascript(portal: Portal):
    apply_for_a_place(portal, java_script_enabled=False)


def forged_forms(portal: Portal):
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS")
    visit.go("/link")
    send = "fetch('/parties', {method: 'POST', body: new URLSearchParams({form_token: 'of-another-session', party: '1'})})"
    status = visit.page.evaluate(f"{send}.then((answer) => answer.status)")
    portal.checks.that("a form without the right token is refused", status == 403, str(status))
    token = visit.page.evaluate("document.querySelector('[name=form_token]')?.value")
    form = f"<form method=post action={portal.address}/link><input name=form_token value={token}><button>Vinn</button></form>"
    visit.page.route("http://127.0.0.1:9/", lambda route: route.fulfill(body=form, content_type="text/html"))
    visit.page.goto("http://127.0.0.1:9/")
    visit.press("Vinn")
    visit.has("Du må logge inn på nytt")
    answer = visit.page.goto(portal.address + "/inbox").headers
    portal.checks.that("nobody keeps a page", answer["cache-control"] == "no-store")
    portal.checks.that("nothing runs that is not ours", "default-src 'none'" in answer["content-security-policy"])


def picture_for_the_readme(portal: Portal):
    """The picture that stands in `docs/portal.png`: when the portal looks otherwise, it is copied there anew."""
    visit = portal.open("Kari Bakke", "Nordlys Bakeri AS", viewport={"width": 1000, "height": 1040})
    visit.go("/language/en?to=/")
    visit.page.screenshot(path=portal.folder / "portal.png")


WALKS = [
    ("without login", visit_without_login),
    ("a service that is open to anyone", work_out_a_price),
    ("what is kept nowhere goes along into an order", order_a_stall),
    ("submission", send_a_form),
    ("lookup", look_up),
    ("link", follow_link),
    ("broker", transfer_a_file),
    ("a broken upload", go_on_with_a_file),
    ("correspondence", read_a_letter),
    ("a form that is stuck", report_a_place),
    ("collaboration", work_on_a_case),
    ("access", give_access),
    ("archive", read_the_archive),
    ("older pages", go_back_in_time),
    ("by keyboard alone", keyboard_alone),
    ("a form by keyboard alone", a_form_by_keyboard_alone),
    ("without JavaScript", without_javascript),
    ("forged forms", forged_forms),
    ("the picture for the README", picture_for_the_readme),
]

# What is walked through in a portal with the app of the market.
MARKET_WALKS = [
    ("a form of other components", apply_for_a_place),
    ("the same without JavaScript", apply_without_javascript),
]


def walk_through(program: str, settings: dict[str, str], walks, browser, axe: str, folder: Path, checks: Checks):
    """Opens a portal with such settings, and walks through it."""
    with tempfile.TemporaryDirectory() as kept:
        environment = {**os.environ, "PORTAL_PORT": "0", "PORTAL_FOLDER": kept, **settings}
        server = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            portal = Portal(browser, server.stdout.readline().split()[-1], axe, folder, checks)
            for what, steps in walks:
                checks.walk(what, steps, portal)
        finally:
            server.kill()
            server.wait()


def main() -> int:
    program, axe, chromium, folder = sys.argv[1:5]
    screenshots = Path(folder)
    screenshots.mkdir(parents=True, exist_ok=True)
    checks, axe = Checks(), Path(axe).read_text()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        walk_through(program, {}, WALKS, browser, axe, screenshots, checks)
        walk_through(program, {"PORTAL_APP": str(MARKET)}, MARKET_WALKS, browser, axe, screenshots, checks)
        browser.close()
    outcome = "FAILED" if checks.failed else "ok"
    print(f"test result: {outcome}. {checks.passed} passed; {checks.failed} failed;")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
