nas 1

use "blocks.nas"

motif wider_block(x; c) = x |> shared_block(2 * c) |> shared_block(c)
