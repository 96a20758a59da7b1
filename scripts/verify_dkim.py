"""Verifies the DKIM signature of a mail by dkimpy.

verify_dkim.py DOMAIN_NAME TXT_RECORD < MAIL

The record of this one name is all that the DNS is said to hold. Ends with status 0 when the signature holds.
"""

import sys

import dkim


def main(name, record):
    mail = sys.stdin.buffer.read()
    answer = lambda asked, timeout=5: record.encode() if asked.decode().rstrip(".") == name else None
    sys.exit(0 if dkim.verify(mail, dnsfunc=answer) else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
