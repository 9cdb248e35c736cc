"""Opens every page of a report in headless Chromium and looks at it.

    python3 ci/report.py DIR [SCREENSHOTS]

Talks to the browser through two pipes (--remote-debugging-pipe), so that nothing but Python's own
library is needed. Fails at the first page that logs an error, loads anything that is no file, has a
formula without a size, text without contrast, or is wider than the screen.
"""

import base64
import itertools
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--hide-scrollbars", "--allow-file-access-from-files",
    "--remote-debugging-pipe",
]

TIMEOUT = 60.0


class Browser:
    """Commands to one page, and the events that it sent."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def pipes():
            # The browser reads its commands from 3 and writes to 4.
            low, high = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(low, 3)
            os.dup2(high, 4)

        command = [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, preexec_fn=pipes, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.reader, self.writer = ours_in, ours_out
        self.buffer, self.number, self.session = b"", itertools.count(1), None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def receive(self):
        deadline = time.monotonic() + TIMEOUT
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.reader], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise SystemExit("the browser does not answer")
            more = os.read(self.reader, 1 << 16)
            if not more:
                raise SystemExit("the browser ended")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        number = next(self.number)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def open(self, address):
        self.events.clear()
        self.call("Page.navigate", url="about:blank")
        self.wait("Page.loadEventFired")
        self.events.clear()
        self.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired")
        self.run("document.fonts.ready.then(() => true)")
        for event in self.events:
            complaint(address, event)

    def run(self, script):
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise SystemExit(f"{script[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def screen(self, width, height, dark=False, media="screen"):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )
        scheme = "dark" if dark else "light"
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", media=media, features=[feature])

    def screenshot(self, path, whole=True):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def key(self, name):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[name],
                      **({"text": "\r"} if name == "Enter" and kind == "keyDown" else {}))

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except (SystemExit, OSError):
            pass
        self.process.wait(timeout=TIMEOUT)
        shutil.rmtree(self.profile, ignore_errors=True)


def complaint(address, event):
    """Errors, and requests for what is no file."""
    method, params = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
        raise SystemExit(f"{address}: {params['exceptionDetails']}")
    if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert", "warning"):
        raise SystemExit(f"{address}: {params['args']}")
    if method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
        raise SystemExit(f"{address}: {params['entry']['text']} {params['entry'].get('url', '')}")
    if method == "Network.requestWillBeSent":
        wanted = params["request"]["url"]
        if not wanted.startswith(("file:", "data:")):
            raise SystemExit(f"{address} loads {wanted}")
    if method == "Network.loadingFailed":
        raise SystemExit(f"{address}: {params['errorText']}")


FORMULAS = """(() => {
  const all = [...document.querySelectorAll("math")].filter((m) => !m.closest("details:not([open])"));
  const flat = all.filter((m) => {
    const box = m.getBoundingClientRect();
    return box.width < 2 || box.height < 4;
  });
  return [all.length, flat.length, document.querySelectorAll("merror").length,
    all.length === 0 || document.fonts.check("20px 'Theoremcheck Math'")];
})()"""

# Contrast as WCAG 2 defines it: 4.5 to 1 of text, 3 to 1 of large text.
CONTRAST = """(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const part = (c) => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const paper = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const back = numbers(getComputedStyle(e).backgroundColor);
      if (back.length === 3 || back[3] > 0) return back;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("script, option, math")) continue;
    const style = getComputedStyle(element);
    const ink = numbers(element.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(paper(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (contrast < (large ? 3 : 4.5)) {
      poor.push(element.tagName + "." + element.getAttribute("class") + " " + contrast.toFixed(2)
        + " " + element.textContent.trim().slice(0, 30));
    }
  }
  return poor;
})()"""

WIDE = """(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((e) =>
    e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll, .formula, .statement, pre"));
  return wide.slice(0, 5).map((e) => e.tagName + "." + e.getAttribute("class") + " "
    + e.textContent.trim().slice(0, 40));
})()"""

ROWS = """(() => {
  const rows = [...document.querySelectorAll("#claims tr.claim")];
  const seen = rows.filter((r) => r.checkVisibility());
  return { all: rows.length, seen: seen.map((r) => [r.dataset.kind, r.dataset.verdict,
    r.closest("tbody").dataset.topic]), said: document.getElementById("shown").textContent };
})()"""


def require(good, words):
    if not good:
        raise SystemExit(words)


def look(browser, page, shots):
    """One page in light, dark, on a phone and in print."""
    address = page.as_uri()
    browser.screen(1200, 900)
    browser.open(address)
    formulas, flat, errors, font = browser.run(FORMULAS)
    require(flat == 0 and errors == 0, f"{address}: {flat} of {formulas} formulas have no size")
    require(font, f"{address}: the font of the formulas is not loaded")
    for name, width, height, dark in [
        ("light", 1200, 900, False), ("dark", 1200, 900, True), ("phone", 390, 844, False)
    ]:
        browser.screen(width, height, dark)
        poor = browser.run(CONTRAST)
        require(not poor, f"{address}, {name}: too little contrast: {poor[:5]}")
        wide = browser.run(WIDE)
        require(not wide, f"{address}, {name}: wider than the screen: {wide}")
        if shots:
            browser.screenshot(shots / f"{page.stem}.{name}.png")
    browser.screen(1200, 900, dark=True, media="print")
    paper = browser.run("getComputedStyle(document.body).backgroundColor")
    require(paper == "rgb(255, 255, 255)", f"{address}: printed on {paper}")
    return formulas


def filters(browser, index):
    """The addresses of filters, the fields, and the keyboard."""
    browser.screen(1200, 900)
    browser.open(index.as_uri())
    ready = browser.run("performance.timing.domInteractive - performance.timing.navigationStart")
    require(ready < 1000, f"{index}: interactive after {ready} ms")
    everything = browser.run(ROWS)
    require(everything["all"] == len(everything["seen"]), "a filter hides rows before it is used")
    for place, field in enumerate(["kind", "verdict", "topic"]):
        value = everything["seen"][-1][place]
        fits = [row for row in everything["seen"] if row[place] == value]
        query = browser.run(f"new URLSearchParams([[{json.dumps(field)}, {json.dumps(value)}]]) + ''")
        browser.open(f"{index.as_uri()}#{query}")
        rows = browser.run(ROWS)
        require(rows["seen"] == fits, f"#{query} shows {rows['seen']}")
        said = "All " if len(fits) == rows["all"] else f"{len(fits)} claim"
        require(rows["said"].startswith(said), f"#{query} says {rows['said']}")
        chosen = browser.run(f"document.forms[0].elements[{json.dumps(field)}].value")
        require(chosen == value, f"#{query} chooses {chosen}")
    browser.open(f"{index.as_uri()}#q=no-such-word")
    require(browser.run(ROWS)["seen"] == [], "a word that is nowhere shows rows")
    browser.open(f"{index.as_uri()}#kind=no-such-kind")
    require(len(browser.run(ROWS)["seen"]) == everything["all"], "an unknown kind hides rows")
    browser.open(index.as_uri())
    browser.run("""(() => { const f = document.forms[0].elements.kind;
      f.selectedIndex = 1; f.dispatchEvent(new Event("input", { bubbles: true })); })()""")
    require("#kind=" in browser.run("location.href"), "a choice is not in the address")
    browser.key("Tab")
    require(browser.run("document.activeElement.className") == "skip", "the first stop is no skip link")
    browser.key("Enter")
    require(browser.run("document.activeElement.id") == "main", "the skip link does not skip")
    before = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.run("document.getElementById('theme').click(); document.getElementById('theme').click()")
    after = browser.run("getComputedStyle(document.body).backgroundColor")
    require(before != after, "the button does not change the colours")
    browser.run("localStorage.clear()")
    return ready


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    # Pictures of whole pages take longer than everything else: only where somebody wants to look.
    shots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    browser = Browser(shutil.which("chromium"))
    try:
        ready = filters(browser, folder / "index.html")
        pages = [*sorted(folder.glob("*.html")), *sorted((folder / "theorem").glob("*.html"))]
        formulas = sum(look(browser, page, shots) for page in pages)
    finally:
        browser.close()
    print(f"{len(pages)} pages, {formulas} formulas; interactive after {ready:.0f} ms")


main()
