global using Kodama.Testing;
