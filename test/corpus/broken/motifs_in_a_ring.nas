nas 1
// Two motifs use each other, and nothing falls.

space ring {
  input x: image[8, 8, 1]
  output x |> ping() |> classifier(10)
}

motif ping(x) = x |> conv(4, 3) |> pong()
motif pong(x) = x |> relu |> ping()
