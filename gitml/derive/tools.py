"""What tools do, by name: every agent calls its own differently."""

STARTS_AGENT = frozenset({"Task", "Agent"})
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
    }
)
"""They run commands."""

WRITES = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Write", "replace", "write_file"})
"""They write the file that is their target."""

LISTS = frozenset({"TaskCreate", "TaskList", "TaskUpdate", "TodoWrite", "update_plan", "write_todos"})
"""They keep the agent's own list of what there is to do: ticking off a task is no work after the commit."""
