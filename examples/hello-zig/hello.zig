//! The request's body is stdin, stdout is the answer.
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    var in_buffer: [1024]u8 = undefined;
    var in = std.Io.File.stdin().reader(init.io, &in_buffer);
    const line = try in.interface.takeDelimiter('\n') orelse "";

    var out_buffer: [1024]u8 = undefined;
    var out = std.Io.File.stdout().writer(init.io, &out_buffer);
    try out.interface.print("Hello from Zig, {s}!\n", .{if (line.len == 0) "world" else line});
    try out.interface.flush();
}
