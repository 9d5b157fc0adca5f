using Kodama.Sqlite.Program;

return args switch
{
    ["publish", var folder, var publishers] => await PublishRun.RunAsync(folder, int.Parse(publishers), int.MaxValue),
    ["publish", var folder, var publishers, var count] => await PublishRun.RunAsync(folder, int.Parse(publishers), int.Parse(count)),
    _ => 2,
};
