"""The sentences around the guided story: what presenting does, what a reset forgets."""

PRESENT_HELP = (
    "For a room: the whole window, large type, notes in a second window. Page Up and Page Down change the step, b "
    "makes the screen black, Escape ends."
)
RESET = (
    "This browser forgets the people and items picked here, made-up people, removed events and the step of the "
    "story.  \n**Data, models and campaigns stay as they are, and so does every other browser.**"
)
