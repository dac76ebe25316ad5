// The events of a calendar file, as ical.js reads them: UID, day, status, one a line.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const file = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
const two = (n) => String(n).padStart(2, "0");
const lines = file.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  const { startDate: start, endDate: end } = event;
  // What a screen of this zone shows.
  const shown = start.toJSDate();
  const day = `${shown.getFullYear()}-${two(shown.getMonth() + 1)}-${two(shown.getDate())}`;
  if (!start.isDate || !end.isDate || day !== start.toString() || end.subtractDate(start).toSeconds() !== 86400) {
    throw new Error(`${event.uid}: ${start} to ${end}, shown on ${day}`);
  }
  return `${event.uid} ${day} ${component.getFirstPropertyValue("status")}`;
});
console.log(lines.sort().join("\n"));
