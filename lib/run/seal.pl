# Run as `perl -e TEXT -- PROGRAM DIRECTORY`: lays a sealed copy of PROGRAM in memory over it, which lasts as long as the process that is
# left behind. The only path of such a copy is that of its descriptor in /proc, and Linux 6.12 mounts none of these: a symbolic link
# to it in DIRECTORY is mounted. Does nothing where that link is.
use strict;
use warnings;
# arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
my %memfd_create = (x86_64 => 319, aarch64 => 279);
my ($open_tree, $move_mount) = (428, 429);
# include/uapi/linux: memfd.h, fcntl.h, mount.h
my ($allow_sealing, $add_seals, $every_seal) = (2, 1033, 15);
my ($here, $clone, $no_follow, $empty_path) = (-100, 1, 0x100, 4);

my ($program, $directory) = @ARGV;
my $link = "$directory/" . $program =~ tr{/}{-}r;
exit 0 if -l $link;
pipe(my $said, my $say) or die "pipe: $!\n";
defined(my $keeper = fork) or die "fork: $!\n";
if ($keeper) {
  close $say;
  my $words = <$said> // "it died without a word\n";
  $words eq "sealed\n" or die $words;
  exit 0;
}
close $said;
sub fail { syswrite $say, "$_[0]: $!\n"; exit 1 }

chomp(my $machine = `uname -m`);
# syscall takes a string by its address, and no constant.
my ($name, $nothing) = ('podproof-sealed', '');
my $memory = syscall($memfd_create{$machine} // fail("memfd_create of $machine"), $name, $allow_sealing);
fail('memfd_create') if $memory < 0;
open(my $copy, '+<&=', $memory) or fail('open the copy');
open(my $original, '<:raw', $program) or fail("open $program");
while (sysread $original, my $part, 1 << 20) {
  (syswrite($copy, $part) // -1) == length $part or fail('write the copy');
}
chmod 0755, $copy or fail('chmod the copy');
fcntl($copy, $add_seals, $every_seal) or fail('seal the copy');

# Whoever prepares the host meanwhile makes the first of them, too.
for ($directory =~ s{/[^/]+$}{}r, $directory) { -d or mkdir or -d or fail("mkdir $_") }
symlink "/proc/$$/fd/$memory", $link or fail("symlink $link");
my $tree = syscall($open_tree, $here, $link, $clone | $no_follow);
$tree >= 0 or fail("open_tree $link");
syscall($move_mount, $tree, $nothing, $here, $program, $empty_path) == 0 or fail("move_mount to $program");

setpgrp;
$0 = $name;
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
syswrite $say, "sealed\n";
close $say;
sleep while 1;
