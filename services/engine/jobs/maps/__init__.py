"""Maps of the items of a model, drawn by the worker when somebody asks for one."""
