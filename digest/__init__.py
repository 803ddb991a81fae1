"""Board → mails: daily digest and reminder list; composing, sending, timetable."""
