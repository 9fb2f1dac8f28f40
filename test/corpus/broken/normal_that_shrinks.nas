nas 1
// Without padding a convolution of 3 loses two pixels.

space cells(c = 8) {
  input x: image[16, 16, 3]
  output x |> conv(c, 3) |> repeat 2 { normal(c) } |> classifier(10)
}

normal cell normal(x; c) = x |> conv(c, k: choose {1, 3}, padding: valid) |> batch_norm
