"""Holds the HTTP API against its own description, by schemathesis.

    contract.py API SCHEMATHESIS FOLDER

API is the program `api` of the examples, SCHEMATHESIS the command, FOLDER where its reports are kept. Every operation is
called with what the description allows and with what it does not, always the same calls: by the daily leader of a bakery,
and once more, where an agency's own programs call, by the agency. What is in the paths is there: an app, an instance of it
with its form and a file. Ends with a line as cargo's tests have: `test result: ...`.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

SEED = 20261129
# How many calls each operation is fuzzed with, beside those that try each limit of its description.
EXAMPLES = 12

# What is not checked, and why.
NOT_CHECKED = {
    "positive_data_acceptance": "no schema says all that is refused: an app's own form, XACML, dates (in JSON Schema 2020-12 "
    "formats are no assertions), which data types an app has, what comes before what",
}

FORM = Path(__file__).parent.parent / "examples" / "data" / "bakery-licence.json"

# The operations that an agency's own programs call.
OF_AGENCY = [
    "completeInstance", "setSubstatus", "completeStoredInstance", "setStoredSubstatus", "decide", "authorize", "deliverAgain",
]

# The operations after which an instance is another one: each has its own.
OF_ITS_OWN = [
    "deleteInstance", "deleteStoredInstance", "processNext", "completeProcess", "performAction", "removeData",
    "completeInstance", "completeStoredInstance", "getReceipt",
]

# What tus sends is bytes.
HOOKS = """import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
"""

# What a wrong call is answered with. 412 is what tus asks for where its version is missing, and RFC 9110 where another version of
# what is changed is named; 413 and 416 say that there is too much, or not enough.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "410", "412", "413", "415", "416", "422"]


class Api:
    """The program that serves, with what it says of itself."""

    def __init__(self, program: str):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = json.loads(self.process.stdout.readline())
        self.url, self.party = said["url"], said["party"]
        self.leader, self.agency = said["leader"], said["agency"]
        self.bakery, self.recipient = said["bakery"], said["recipient"]

    def call(self, method: str, path: str, body: bytes = b"", media_type: str = "application/json") -> dict:
        headers = {"Authorization": f"Bearer {self.leader}", "Content-Type": media_type}
        request = Request(self.url + path, data=body, headers=headers, method=method)
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def begin(self) -> tuple[str, str, str]:
        """An instance whose form is filled in: its id, and those of its form and of a file in it."""
        instances = "/ttd/bakery-licence/instances"
        begun = self.call("POST", f"{instances}?instanceOwnerPartyId={self.party}")
        guid, form = begun["id"].split("/")[1], begun["data"][0]["id"]
        data = f"{instances}/{begun['id']}/data"
        self.call("PUT", f"{data}/{form}", FORM.read_bytes())
        plan = self.call("POST", f"{data}?dataType=floor-plan", b"%PDF-1.7\n%%EOF", "application/pdf")
        return guid, form, plan["id"]

    def submit(self) -> str:
        """An instance that was sent in: its id."""
        guid, _, _ = self.begin()
        self.call("PUT", f"/ttd/bakery-licence/instances/{self.party}/{guid}/process/completeProcess")
        return guid

    def announce(self) -> str:
        """A file that is to be sent: its id."""
        file = {"fileName": "a.zip", "resourceId": "ttd/annual-accounts", "recipients": [self.recipient]}
        path = f"/broker/api/v1/filetransfer?onBehalfOf={quote(self.bakery)}"
        return self.call("POST", path, json.dumps(file).encode())["fileTransferId"]

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def settings(api: Api) -> str:
    """What schemathesis is told: what stands in paths, and who calls."""
    guid, form, _ = api.begin()
    refusals = ", ".join(f'"{status}"' for status in REFUSALS)
    lines = [
        f"headers = {{ Authorization = \"Bearer {api.leader}\" }}",
        "[cache]",
        "enabled = false",
        "[parameters]",
        '"path.org" = "ttd"',
        '"path.app" = "bakery-licence"',
        f'"path.instanceOwnerPartyId" = {api.party}',
        f'"path.instanceGuid" = "{guid}"',
        f'"path.dataGuid" = "{form}"',
        f'"path.fileTransferId" = "{api.announce()}"',
        f'"query.onBehalfOf" = "{api.bakery}"',
        "[checks.negative_data_rejection]",
        f"expected-statuses = [{refusals}]",
        "[checks.missing_required_header]",
        f"expected-statuses = [{refusals}]",
    ]
    for operation in sorted({*OF_AGENCY, *OF_ITS_OWN}):
        lines += ["[[operations]]", f'include-operation-id = "{operation}"']
        if operation in OF_AGENCY:
            lines.append(f'headers = {{ Authorization = "Bearer {api.agency}" }}')
        if operation in OF_ITS_OWN:
            is_submitted = operation.startswith("complete") and operation != "completeProcess" or operation == "getReceipt"
            own, plan = (api.submit(), None) if is_submitted else api.begin()[::2]
            lines += ["[operations.parameters]", f'"path.instanceGuid" = "{own}"']
            if plan:
                lines.append(f'"path.dataGuid" = "{plan}"')
    return "\n".join(lines) + "\n"


def counted(report: Path) -> tuple[int, int]:
    """How many operations held, and how many did not."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    return len(cases) - failed, failed


def main() -> int:
    program, folder = sys.argv[1], Path(sys.argv[3]).resolve()
    schemathesis = str(Path(sys.argv[2]).absolute())
    folder.mkdir(parents=True, exist_ok=True)
    api = Api(program)
    try:
        config, report = folder / "schemathesis.toml", folder / "report.xml"
        config.write_text(settings(api))
        (folder / "contract_hooks.py").write_text(HOOKS)
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(folder)}
        report.unlink(missing_ok=True)
        command = [
            schemathesis, "--config-file", str(config), "run", f"{api.url}/openapi.json",
            "--seed", str(SEED), "--generation-deterministic", "--max-examples", str(EXAMPLES), "--no-shrink",
            "--phases", "examples,coverage,fuzzing", "--continue-on-failure",
            "--suppress-health-check", "all", "--request-timeout", "60",
            "--report", "junit", "--report-junit-path", str(report),
        ]
        if NOT_CHECKED:
            command += ["--exclude-checks", ",".join(NOT_CHECKED)]
        status = subprocess.run(command, check=False, env=environment, cwd=folder).returncode
        passed, failed = counted(report)
        if status != 0 and failed == 0:
            failed = 1
    finally:
        api.end()
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed;")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
