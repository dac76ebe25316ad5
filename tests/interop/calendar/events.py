"""The events of a calendar file, as the library `icalendar` reads them: UID, day, status, one a line."""

import datetime
import pathlib
import sys

from icalendar import Calendar

lines = []
for event in Calendar.from_ical(pathlib.Path(sys.argv[1]).read_bytes()).walk("VEVENT"):
    start, end = event.decoded("dtstart"), event.decoded("dtend")
    # A datetime is a date to Python: this must be none.
    assert type(start) is datetime.date and type(end) is datetime.date, (start, end)
    assert end - start == datetime.timedelta(days=1), (start, end)
    assert event["transp"] == "TRANSPARENT" and str(event["summary"]) and "\n" in str(event["description"])
    lines.append(f"{event['uid']} {start.isoformat()} {event['status']}")
print("\n".join(sorted(lines)))
