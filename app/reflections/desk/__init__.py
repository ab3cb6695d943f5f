"""The desk: where responders read and answer reflections. The box, `app.reflections.box`, is another program."""
