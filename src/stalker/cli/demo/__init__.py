"""What `stalker demo` needs beside the production itself: a place to build it, and a report."""
