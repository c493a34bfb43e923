"""The two views of the quiz: core/lessons/quiz asks and knows what is right."""
