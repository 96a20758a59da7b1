"""Holds the HTTP API against its own description, by schemathesis.

    contract.py API SCHEMATHESIS FOLDER

API is the program `api` of the examples, SCHEMATHESIS the command, FOLDER where its reports are kept. Every operation is
called with what the description allows and with what it does not, always the same calls: by the daily leader of a bakery,
or by an agency where its own programs call. What is in the paths is there: an app, an instance of it with its form and a
file, a letter, a case, a list of organizations. All of it is done on SQLite; where `ALTINN_TEST_POSTGRES` names a server, every operation is called
on PostgreSQL too, fewer times. The operations are shared out among as many runs at once as there are processors, each with
a server of its own, and it fails when one of them was called by none. Ends with a line as cargo's tests have:
`test result: ...`.
"""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

SEED = 20261129
# How many runs there are at once, each with its share of the operations.
SHARES = min(os.cpu_count() or 1, 4)
# What is run: on which store, in which phases, and with how many calls each operation is fuzzed; `coverage` tries each limit
# of its description beside them.
PASSES = [("SQLite", "examples,coverage,fuzzing", 12)]
if os.environ.get("ALTINN_TEST_POSTGRES"):
    PASSES.append(("PostgreSQL", "fuzzing", 4))

# What is not checked, and why.
NOT_CHECKED = {
    "positive_data_acceptance": "no schema says all that is refused: an app's own form, XACML, dates (in JSON Schema 2020-12 "
    "formats are no assertions), which data types an app has, what comes before what",
}

FORM = Path(__file__).parent.parent / "examples" / "data" / "bakery-licence.json"

# The operations that an agency's own programs call.
OF_AGENCY = [
    "completeInstance", "setSubstatus", "completeStoredInstance", "setStoredSubstatus", "decide", "authorize", "deliverAgain",
    "listStuckInstances", "getStanding", "resumeInstance", "moveInstance", "compensateInstance",
]

# The operations on letters, by the agency that writes them.
OF_AUTHORITY = [
    "initializeCorrespondences", "uploadCorrespondences", "initializeAttachment", "getMailing", "listMailingRecipients",
    "listStuckMailings", "redriveMailing",
]

# The operations on a case: by the agency that owns it, and by those who take part.
CASES_OF_AGENCY = ["openCase", "notifyEvent", "listStuckCases", "listPendingWork", "redriveCase"]
CASES_OF_BUSINESS = [
    "listCases", "getCase", "getCaseHistory", "getTurn", "getSeenLog", "listTransmissions", "transmit", "raiseEvent",
]

# The operations on lists of organizations, by the agency that keeps them.
OF_LISTS = [
    "listAccessLists", "getAccessList", "putAccessList", "listAccessListMembers", "addAccessListMembers",
    "removeAccessListMembers", "listAccessListResources", "connectAccessList", "disconnectAccessList",
]

# The operations on what the bakery gives its leader.
OF_CONNECTIONS = [
    "getConnections", "removeConnection", "getConnectionPackages", "getConnectionResources", "getConnectionRules",
    "giveConnectionRules", "removeConnectionResource", "checkConnectionResource", "checkConnectionPackages",
]

# The operations after which an instance is another one: each has its own.
OF_ITS_OWN = [
    "deleteInstance", "deleteStoredInstance", "processNext", "completeProcess", "performAction", "removeData",
    "completeInstance", "completeStoredInstance", "getReceipt",
]

# What of a path's description is an operation.
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}

# What tus sends is bytes.
HOOKS = """import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
"""

# What a wrong call is answered with. 412 is what tus asks for where its version is missing, and RFC 9110 where another version of
# what is changed is named; 413 and 416 say that there is too much, or not enough.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "410", "412", "413", "415", "416", "422"]


class Api:
    """The program that serves, with what it says of itself."""

    def __init__(self, program: str, store: str):
        command = [program, "--postgres"] if store == "PostgreSQL" else [program]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = json.loads(self.process.stdout.readline())
        self.url, self.party = said["url"], said["party"]
        self.party_uuid, self.leader_uuid = said["partyUuid"], said["leaderUuid"]
        self.leader, self.agency = said["leader"], said["agency"]
        self.bakery, self.recipient, self.recipient_party = said["bakery"], said["recipient"], said["recipientParty"]
        self.authority, self.writer = said["authority"], said["writer"]

    def call(self, method: str, path: str, body: bytes = b"", media_type: str = "application/json", token=None) -> dict:
        headers = {"Authorization": f"Bearer {token or self.leader}", "Content-Type": media_type}
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

    def write(self, service: str = "decisions", **more) -> tuple[str, str]:
        """A letter to the bakery that is published: its mailing, and its own id."""
        content = {"language": "nb", "messageTitle": "Vedtak", "messageSummary": "Om bakeriet", "messageBody": "Innvilget."}
        letter = {"resourceId": f"mattilsynet/{service}", "sendersReference": "2026/17", "content": content, **more}
        body = json.dumps({"correspondence": letter, "recipients": [self.bakery]}).encode()
        letters = "/correspondence/api/v1/correspondence"
        sent = self.call("POST", letters, body, token=self.authority)
        letter = sent["correspondences"][0]["correspondenceId"]
        while True:
            try:
                self.call("GET", f"{letters}/{letter}?onBehalfOf={quote(self.bakery)}", None)
                return sent["mailingId"], letter
            except HTTPError as error:
                if error.code != 404:
                    raise
                time.sleep(0.1)

    def write_to_forward(self) -> str:
        """A letter that the bakery has read and may forward: its id."""
        _, letter = self.write("circulars", allowForwarding=True)
        path = f"/correspondence/api/v1/correspondence/{letter}/markasread?onBehalfOf={quote(self.bakery)}"
        return self.call("POST", path) and letter

    def open_case(self) -> str:
        """A case in which the bakery takes part: its id."""
        body = {"participants": {"business": self.party, "inspectorate": self.recipient_party}}
        return self.call("POST", "/v1/cases/ttd/opening", json.dumps(body).encode(), token=self.agency)["caseId"]

    def make_list(self) -> str:
        """A list of organizations: its name."""
        body = json.dumps({"name": "Approved", "description": "By rule 123"}).encode()
        self.call("PUT", "/resourceregistry/api/v1/access-lists/ttd/approved", body, token=self.agency)
        return "approved"

    def ask_for_access(self, action: str) -> str:
        """What the leader asks the bakery for, for themselves: a request."""
        path = "/accessmanagement/api/v1/enduser/request/resource"
        query = f"party={self.leader_uuid}&to={self.party_uuid}&resource=app_ttd_bakery-licence"
        return self.call("POST", f"{path}?{query}", json.dumps([action]).encode())["id"]

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def operations(names: list[str], token: str | None = None, **parameters) -> list[str]:
    """What schemathesis is told of operations: who calls, and what stands in paths and queries (`path_org`)."""
    lines = []
    for name in names:
        lines += ["[[operations]]", f'include-operation-id = "{name}"']
        if token:
            lines.append(f'headers = {{ Authorization = "Bearer {token}" }}')
        if parameters:
            lines.append("[operations.parameters]")
        for parameter, value in parameters.items():
            where, _, variable = parameter.partition("_")
            lines.append(f'"{where}.{variable}" = {json.dumps(value)}')
    return lines


def settings(api: Api) -> str:
    """What schemathesis is told: what stands in paths, and who calls."""
    guid, form, _ = api.begin()
    mailing, letter = api.write()
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
        f'"path.correspondenceId" = "{letter}"',
        f'"path.partyId" = {api.party}',
        f'"path.party" = {api.party}',
        f'"query.partyId" = {api.party}',
        f'"query.onBehalfOf" = "{api.bakery}"',
        "[checks.negative_data_rejection]",
        f"expected-statuses = [{refusals}]",
        "[checks.missing_required_header]",
        f"expected-statuses = [{refusals}]",
    ]
    for operation in sorted({*OF_AGENCY, *OF_ITS_OWN}):
        token, parameters = api.agency if operation in OF_AGENCY else None, {}
        if operation in OF_ITS_OWN:
            is_submitted = operation.startswith("complete") and operation != "completeProcess" or operation == "getReceipt"
            own, plan = (api.submit(), None) if is_submitted else api.begin()[::2]
            parameters = {"path_instanceGuid": own} | ({"path_dataGuid": plan} if plan else {})
        lines += operations([operation], token, **parameters)
    lines += operations(["purgeCorrespondence"], path_correspondenceId=api.write()[1])
    forwarding = ["forwardCorrespondence", "canCorrespondenceBeForwarded"]
    lines += operations(forwarding, path_correspondenceId=api.write_to_forward())
    letters = {"path_org": "mattilsynet", "path_service": "decisions", "path_mailingId": mailing}
    lines += operations(OF_AUTHORITY, api.authority, query_onBehalfOf=api.writer, **letters)
    case = {"path_service": "opening", "path_caseId": api.open_case()}
    lines += operations(CASES_OF_AGENCY, api.agency, **case)
    lines += operations(CASES_OF_BUSINESS, **case)
    lines += operations(["listStuckFileTransfers", "redriveFileTransfer"], api.agency, path_service="annual-accounts")
    lines += operations(["lookUp"], path_org="brreg", path_service="organization")
    lines += operations(["openLink"], path_service="tax-card")
    asking = {"query_party": api.leader_uuid, "query_to": api.party_uuid, "query_resource": "app_ttd_bakery-licence"}
    lines += operations(["requestResourceAccess", "requestPackageAccess"], **asking)
    lines += operations(["listSentAccessRequests", "countSentAccessRequests"], query_party=api.leader_uuid)
    answering = ["getAccessRequest", "listReceivedAccessRequests", "countReceivedAccessRequests"]
    lines += operations(answering, query_party=api.party_uuid, query_id=api.ask_for_access("read"))
    for operation, action in [("approveAccessRequest", "write"), ("rejectAccessRequest", "instantiate")]:
        lines += operations([operation], query_party=api.party_uuid, query_id=api.ask_for_access(action))
    lines += operations(["withdrawAccessRequest"], query_party=api.leader_uuid, query_id=api.ask_for_access("delete"))
    given = {"query_party": api.party_uuid, "query_from": api.party_uuid, "query_to": api.leader_uuid}
    lines += operations(OF_CONNECTIONS, query_resource="app_ttd_bakery-licence", **given)
    lists = {"path_owner": "ttd", "path_identifier": api.make_list(), "path_resource": "app_ttd_annual-accounts"}
    lines += operations(OF_LISTS, api.agency, **lists)
    return "\n".join(lines) + "\n"


def described(api: Api) -> dict:
    """The paths of the description."""
    with urlopen(f"{api.url}/openapi.json", timeout=60) as answer:
        return json.load(answer)["paths"]


class Run:
    """A share of the operations, called by schemathesis on a server of its own."""

    def __init__(self, schemathesis: str, api: Api, folder: Path, how: tuple[str, int], paths: list[str]):
        self.api, (phases, examples) = api, how
        folder.mkdir(parents=True, exist_ok=True)
        config, self.report, self.log = folder / "schemathesis.toml", folder / "report.xml", folder / "log.txt"
        config.write_text(settings(api))
        (folder / "contract_hooks.py").write_text(HOOKS)
        self.report.unlink(missing_ok=True)
        command = [
            schemathesis, "--config-file", str(config), "run", f"{api.url}/openapi.json",
            "--seed", str(SEED), "--generation-deterministic", "--max-examples", str(examples), "--no-shrink",
            "--phases", phases, "--continue-on-failure",
            "--suppress-health-check", "all", "--request-timeout", "60",
            "--report", "junit", "--report-junit-path", str(self.report),
        ]
        for path in paths:
            command += ["--include-path", path]
        if NOT_CHECKED:
            command += ["--exclude-checks", ",".join(NOT_CHECKED)]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(folder)}
        self.output = self.log.open("w")
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=self.output, stderr=subprocess.STDOUT,
        )

    def end(self) -> tuple[int, int]:
        """Waits for it; gives how many operations held, and how many did not."""
        status = self.process.wait()
        self.output.close()
        self.api.end()
        print(self.log.read_text(), flush=True)
        passed, failed = counted(self.report)
        return passed, failed or (1 if status != 0 else 0)


def counted(report: Path) -> tuple[int, int]:
    """How many operations held, and how many did not."""
    if not report.exists():
        return 0, 1
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    return len(cases) - failed, failed


def main() -> int:
    program, folder = sys.argv[1], Path(sys.argv[3]).resolve()
    schemathesis = str(Path(sys.argv[2]).absolute())
    passed = failed = 0
    for store, *how in PASSES:
        apis = [Api(program, store) for _ in range(SHARES)]
        paths = described(apis[0])
        began = time.monotonic()
        runs = [
            Run(schemathesis, api, folder / f"{store}-{share}", tuple(how), sorted(paths)[share::SHARES])
            for share, api in enumerate(apis)
        ]
        counts = [run.end() for run in runs]
        held, broken = (sum(count) for count in zip(*counts))
        all_of_them = sum(len(METHODS.intersection(item)) for item in paths.values())
        print(f"{store}: {held} of {all_of_them} operations held, in {time.monotonic() - began:.0f} s")
        passed, failed = passed + held, failed + broken + (1 if held + broken != all_of_them else 0)
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed;")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
