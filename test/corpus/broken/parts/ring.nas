nas 1

use "ring_back.nas"

motif ring_block(x; c) = x |> back_block(c) |> relu
