"""What follows from changes of clients: events, the feed and views, written from the stream."""
