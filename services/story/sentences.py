"""The sentences around the guided story."""

RESET = (
    "This browser forgets the people and items picked here, made-up people, removed events and the step of the "
    "story.  \n**Data, models and campaigns stay as they are, and so does every other browser.**"
)
