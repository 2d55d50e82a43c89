/* Reads a calendar with libical, and prints each occurrence of 2026 that takes place as its start in UTC and its title. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OVERRIDES 1000

static struct {
  const char *uid;
  struct icaltimetype time;
} overrides[MAX_OVERRIDES];
static int override_count = 0;

static void show(icalcomponent *event, struct icaltimetype start) {
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return;
  const char *title = icalcomponent_get_summary(event);
  if (start.is_date) {
    printf("%04d-%02d-%02d %s\n", start.year, start.month, start.day, title);
    return;
  }
  struct icaltimetype utc = icaltime_convert_to_zone(start, icaltimezone_get_utc_timezone());
  printf("%04d-%02d-%02dT%02d:%02d %s\n", utc.year, utc.month, utc.day, utc.hour, utc.minute, title);
}

static void show_unless_overridden(icalcomponent *event, struct icaltime_span *span, void *data) {
  (void)data;
  struct icaltimetype first = icalcomponent_get_dtstart(event);
  struct icaltimetype start = icaltime_from_timet_with_zone(span->start, first.is_date, icaltimezone_get_utc_timezone());
  for (int n = 0; n < override_count; n++) {
    if (strcmp(overrides[n].uid, icalcomponent_get_uid(event)) != 0) continue;
    if (icaltime_compare(overrides[n].time, start) == 0) return;
  }
  show(event, start);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 2;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = malloc((size_t)size + 1);
  if (fread(text, 1, (size_t)size, file) != (size_t)size) return 2;
  text[size] = 0;
  fclose(file);

  icalcomponent *calendar = icalparser_parse_string(text);
  if (!calendar || icalcomponent_count_errors(calendar) > 0) {
    fprintf(stderr, "libical finds errors in the calendar\n");
    return 1;
  }
  icalcomponent *event;
  for (event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    icalproperty *original = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
    if (!original) continue;
    if (override_count == MAX_OVERRIDES) return 3;
    overrides[override_count].uid = icalcomponent_get_uid(event);
    overrides[override_count].time = icalproperty_get_datetime_with_component(original, event);
    override_count++;
  }
  struct icaltimetype from = icaltime_from_string("20260101T000000Z");
  struct icaltimetype to = icaltime_from_string("20270101T000000Z");
  icalcompiter each = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
  for (event = icalcompiter_deref(&each); event; event = icalcompiter_next(&each)) {
    if (icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY)) show(event, icalcomponent_get_dtstart(event));
    else icalcomponent_foreach_recurrence(event, from, to, show_unless_overridden, NULL);
  }
  icalcomponent_free(calendar);
  free(text);
  return 0;
}
