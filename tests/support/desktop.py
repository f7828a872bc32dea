"""A desktop without a screen: takes notifications as the freedesktop.org specification says, and prints each as a line of JSON."""
import json

import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

INTERFACE = "org.freedesktop.Notifications"


class Desktop(dbus.service.Object):
    @dbus.service.method(INTERFACE, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, application, replaces, icon, summary, body, actions, hints, timeout):
        print(json.dumps({"application": application, "summary": summary, "body": body}, ensure_ascii=False), flush=True)
        return dbus.UInt32(1)

    @dbus.service.method(INTERFACE, out_signature="ssss")
    def GetServerInformation(self):
        return "desktop.py", "baocao", "1", "1.2"

    @dbus.service.method(INTERFACE, out_signature="as")
    def GetCapabilities(self):
        return dbus.Array(["body"], signature="s")


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(INTERFACE, bus)
Desktop(bus, "/org/freedesktop/Notifications")
print("{}", flush=True)
GLib.MainLoop().run()
