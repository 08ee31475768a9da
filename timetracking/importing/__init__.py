"""Time from the CSV exports of Toggl Track, Clockify and Harvest, judged row by row."""
