nas 1

use "darts.nas"

/// The relaxed DARTS space in small: three cells of eight channels, the second of them a reduction, on images of 16 x 16.
space supernet(classes = 10) {
  input x: image[16, 16, 3]
  let stem = x |> conv(24, 3) |> batch_norm
  output last((stem, stem) |> slide(normal(8)) |> slide(reduce(16)) |> slide(normal(16))) |> classifier(classes)
}
