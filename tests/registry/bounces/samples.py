"""Messages of mail servers: reports in the formats of Postfix, Exim and Exchange, with the marks of our e-mails."""

from __future__ import annotations

from registry.posting import composed


def message_id(address: str) -> str:
    """Return the Message-ID of an e-mail to the address."""
    return str(composed(address, "S", "T").message()["Message-ID"])


def postfix(address: str, status: str = "5.1.1", action: str = "failed", sent: str = "") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9B0C1.1700000000/mx.example.net"

This is a MIME-encapsulated message.

--9B0C1.1700000000/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--9B0C1.1700000000/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 9B0C1
X-Postfix-Sender: rfc822; bounces@example.org
Arrival-Date: Tue,  5 Mar 2024 09:00:00 +0300 (MSK)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown

--9B0C1.1700000000/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: registry@example.org
To: {address}
Subject: tasks
Message-ID: {sent or message_id(address)}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Задачи
--9B0C1.1700000000/mx.example.net--
""".encode()


def exim(address: str, forwarded_to: str, sent: str = "") -> bytes:
    """Return a report about an alias: its final recipient is another address, and it returns only the headers."""
    return f"""From: Mail Delivery System <Mailer-Daemon@mail.example.net>
To: bounces@example.org
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {forwarded_to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=1700-eximdsn-42

--1700-eximdsn-42
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered to one or more of its recipients.

  {forwarded_to}
    (generated from {address})
    host mx.example.com said: 550 No such user

--1700-eximdsn-42
Content-type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Action: failed
Final-Recipient: rfc822;{forwarded_to}
Status: 5.0.0
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 No such user

--1700-eximdsn-42
Content-type: text/rfc822-headers

Received: from registry by mail.example.net
Message-ID: {sent or message_id(address)}
From: registry@example.org
To: {address}

--1700-eximdsn-42--
""".encode()


def old_exim(address: str) -> bytes:
    """Return a text that contains the e-mail, and the address only in a header."""
    return f"""From: Mail Delivery System <Mailer-Daemon@mail.example.net>
To: bounces@example.org
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {address}

This message was created automatically by mail delivery software.

  {address}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Message-ID: {message_id(address)}
To: {address}
""".encode()


def exchange(address: str) -> bytes:
    return f"""From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>
To: bounces@example.org
Subject: =?utf-8?B?0J3QtSDRg9C00LDQu9C+0YHRjCDQtNC+0YHRgtCw0LLQuNGC0Yw=?=
In-Reply-To: {message_id(address)}
References: {message_id(address)}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1_exchange"

--b1_exchange
Content-Type: multipart/alternative; boundary="b2_exchange"

--b2_exchange
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

0J/QuNGB0YzQvNC+INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4u

--b2_exchange--

--b1_exchange
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.example.com
Received-From-MTA: dns;mail.example.org

Final-Recipient: rfc822;{address.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--b1_exchange--
""".encode()


#: An automatic reply of a person on holiday.
HOLIDAY = b"From: a@example.org\nTo: bounces@example.org\nSubject: Out of office\n\nI am away.\n"
