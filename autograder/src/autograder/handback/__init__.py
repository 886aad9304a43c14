"""What goes back to learning-management systems: grades in their own formats, and a grader that runs inside one."""
