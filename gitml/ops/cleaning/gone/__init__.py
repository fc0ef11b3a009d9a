"""What is left in local state of sessions, work trees and processes that are gone: a module a sort of it."""
