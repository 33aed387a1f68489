"""A directory by ldaptor on 127.0.0.1: real LDAP, in memory, with or without TLS.

usage: ldap_directory.py <port> <dn> <password> [<file with key and certificate>]

It knows one entry, which may bind with the password.
"""

import sys
from io import BytesIO

from ldaptor.inmemory import fromLDIFFile
from ldaptor.interfaces import IConnectedLDAPEntry
from ldaptor.protocols.ldap.ldapserver import LDAPServer
from twisted.internet import reactor, ssl
from twisted.internet.protocol import ServerFactory
from twisted.python import log
from twisted.python.components import registerAdapter


class Directory(ServerFactory):
    def __init__(self, root):
        self.root = root

    def buildProtocol(self, address):
        protocol = LDAPServer()
        protocol.factory = self
        return protocol


def ldif(dn, password):
    """Every part of the name is an entry of its own, from the root down."""
    parts = dn.split(",")
    entries = []
    for depth in range(len(parts) - 1, -1, -1):
        attribute, value = parts[depth].split("=")
        lines = ["dn: " + ",".join(parts[depth:]), "objectClass: top", "%s: %s" % (attribute, value)]
        if depth == 0:
            lines.append("userPassword: " + password)
        entries.append("\n".join(lines))
    return ("\n\n".join(entries) + "\n\n").encode()


def main(port, dn, password, pem=None):
    log.startLogging(sys.stderr)
    registerAdapter(lambda factory: factory.root, Directory, IConnectedLDAPEntry)

    def listen(root):
        if pem is None:
            reactor.listenTCP(int(port), Directory(root), interface="127.0.0.1")
        else:
            context = ssl.DefaultOpenSSLContextFactory(pem, pem)
            reactor.listenSSL(int(port), Directory(root), context, interface="127.0.0.1")

    fromLDIFFile(BytesIO(ldif(dn, password))).addCallbacks(listen, log.err)
    reactor.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
