"""What tools do, by name: every agent calls its own differently."""

STARTS_AGENT = frozenset({"Task", "Agent", "task", "spawn_subagent"})
"""They start a sub-agent; renamed from Task to Agent in Claude Code 2.1.6x."""

SHELLS = frozenset(
    {
        "Bash",
        "PowerShell",
        "shell",
        "shell_command",
        "exec_command",
        "local_shell",
        "container.exec",
        "run_shell_command",
        "run_terminal_cmd",
        "run_terminal_command",
    }
)
"""They run commands."""

WRITES = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Write", "replace", "search_replace", "write", "write_file"})
"""They write the file that is their target."""

LISTS = frozenset({"TaskCreate", "TaskList", "TaskUpdate", "TodoWrite", "todo_write", "update_plan", "write_todos"})
"""They keep the agent's own list of what there is to do: ticking off a task is no work after the commit."""

FILE_KEYS = ("file_path", "notebook_path", "absolute_path", "target_file")
"""What a call's input calls the file that it is about."""

FOLDER_KEYS = ("path", "dir_path", "target_directory")
"""What it calls the file or folder that it looks into."""
