"""The start page: tasks, key figures and the first steps of a chair."""
