nas 1

use "ring.nas"

motif back_block(x; c) = x |> conv(c, 3)
